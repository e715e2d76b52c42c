-- H2 compares texts by UTF-16 units, and an index on them is no good for the order of code points.
ALTER TABLE allotment.tenants ADD COLUMN name_in_order varbinary GENERATED ALWAYS AS (STRINGTOUTF8(name));
CREATE INDEX tenants_in_order_of_name ON allotment.tenants (name_in_order, id);
