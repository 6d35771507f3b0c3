ALTER TABLE "Post" RENAME COLUMN "authorId" TO author_id;
