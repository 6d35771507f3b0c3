ALTER TABLE "User" DROP COLUMN "firstName";
