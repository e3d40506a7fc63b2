-- The listing holds the last assessment only.
truncate listing;
