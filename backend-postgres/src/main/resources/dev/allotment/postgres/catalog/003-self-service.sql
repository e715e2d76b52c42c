-- Plans that whoever has signed up may start client databases on.
ALTER TABLE allotment.plans ADD COLUMN published boolean DEFAULT FALSE NOT NULL;
ALTER TABLE allotment.plans ALTER COLUMN published DROP DEFAULT;
