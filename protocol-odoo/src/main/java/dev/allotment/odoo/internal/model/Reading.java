// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.ErrorCategory;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The methods that read records. They are the same for every model with records. */
final class Reading<V, R> {
    private static final String DOMAIN = "domain";
    private static final String FIELDS = "fields";
    private static final String OFFSET = "offset";
    private static final String LIMIT = "limit";
    private static final String ORDER = "order";
    private static final Leaf ACTIVE = Leaf.of(List.of("active", "=", true));
    private static final int DEFAULT_NAMES = 100;
    /** A call has all its records in memory at once. */
    private static final int MOST_RECORDS = 10_000;

    private static final String CLASSIC_READ = "_classic_read";
    private static final String LOAD = "'" + CLASSIC_READ + "'";
    private static final String OPERATION = "operation";
    private static final List<String> OPERATIONS = List.of("read", "create", "write", "unlink");

    private final ModelTable<V, R> table;

    private Reading(ModelTable<V, R> table) {
        this.table = table;
    }

    /** Creates a model with these methods over a table. */
    static <V, R> Model<V> methods(ModelTable<V, R> table) {
        Reading<V, R> reading = new Reading<>(table);
        return new Model<V>(table.model())
                .method(
                        "search",
                        MethodSignature.required(DOMAIN)
                                .optional(OFFSET, LIMIT, ORDER, "count")
                                .withDefault(OFFSET, "0")
                                .withDefault("count", "False")
                                .withAlias("args", DOMAIN)
                                .withContextByPosition(),
                        reading::search)
                .method(
                        "search_count",
                        MethodSignature.required(DOMAIN)
                                .optional(LIMIT)
                                .withAlias("args", DOMAIN)
                                .withContextByPosition(),
                        reading::searchCount)
                .method(
                        "search_read",
                        MethodSignature.none()
                                .optional(DOMAIN, FIELDS, OFFSET, LIMIT, ORDER, "load")
                                .withDefault(OFFSET, "0")
                                .withDefault("load", LOAD)
                                .withContextByPosition(),
                        reading::searchRead)
                .method(
                        "read",
                        MethodSignature.required("ids")
                                .optional(FIELDS, "load")
                                .withDefault("load", LOAD)
                                .withContextByPosition(),
                        reading::read)
                .method(
                        "read_group",
                        GroupReading.SIGNATURE,
                        (caller, arguments) -> new GroupReading<>(table)
                                .read(caller, arguments, reading.filter(caller, arguments, DOMAIN)))
                .method(
                        "fields_get",
                        MethodSignature.none()
                                .optional("allfields", "attributes")
                                .withContextByPosition(),
                        reading::fieldsGet)
                .method("fields_get_keys", MethodSignature.none().withContextByPosition(), reading::fieldsGetKeys)
                .method(
                        "name_search",
                        MethodSignature.none()
                                .optional("name", DOMAIN, "operator", LIMIT)
                                .withDefault("name", "''")
                                .withDefault("operator", "'ilike'")
                                .withDefault(LIMIT, String.valueOf(DEFAULT_NAMES))
                                .withAlias("args", DOMAIN)
                                .withContextByPosition(),
                        reading::nameSearch)
                .method("name_get", MethodSignature.required("ids").withContextByPosition(), reading::nameGet)
                .method(
                        "default_get",
                        MethodSignature.required(FIELDS)
                                .withAlias("fields_list", FIELDS)
                                .withContextByPosition(),
                        reading::defaultGet)
                .method(
                        "check_access_rights",
                        MethodSignature.required(OPERATION)
                                .optional("raise_exception")
                                .withDefault("raise_exception", "True")
                                .withContextByPosition(),
                        reading::checkAccessRights)
                .method(
                        "has_access",
                        MethodSignature.required("ids", OPERATION).withContextByPosition(),
                        reading::hasAccess)
                .method(
                        "check_access",
                        MethodSignature.required("ids", OPERATION).withContextByPosition(),
                        reading::checkAccess);
    }

    private Object search(OdooCaller<V> caller, OdooArguments arguments) {
        if (arguments.get("count").flag()) {
            return table.count(caller.view(), filter(caller, arguments, DOMAIN));
        }
        List<Object> ids = new ArrayList<>();
        list(caller, query(caller, arguments), "search").forEach(record -> ids.add(table.id(record)));
        return ids;
    }

    private Object searchCount(OdooCaller<V> caller, OdooArguments arguments) {
        long count = table.count(caller.view(), filter(caller, arguments, DOMAIN));
        int limit = arguments.get(LIMIT).integer();
        return limit > 0 ? Math.min(count, limit) : count;
    }

    private Object searchRead(OdooCaller<V> caller, OdooArguments arguments) {
        List<Field<V, R>> fields = fields(arguments.get(FIELDS).texts());
        return rows(caller, list(caller, query(caller, arguments), "search_read"), fields, named(arguments));
    }

    private Object read(OdooCaller<V> caller, OdooArguments arguments) {
        List<Field<V, R>> fields = fields(arguments.get(FIELDS).texts());
        List<Long> ids = arguments.get("ids").ids();
        return rows(caller, visible(caller, ids, "read"), fields, named(arguments));
    }

    /** Returns whether references include names. They do unless the caller requests another way of loading. */
    private static boolean named(OdooArguments arguments) {
        return !arguments.has("load")
                || CLASSIC_READ.equals(arguments.get("load").scalarText());
    }

    private Object nameGet(OdooCaller<V> caller, OdooArguments arguments) {
        return names(visible(caller, arguments.get("ids").ids(), "name_get"));
    }

    /**
     * Returns no defaults: {@code create} takes most missing values from other records, so they are not known in
     * advance.
     */
    private Object defaultGet(OdooCaller<V> caller, OdooArguments arguments) {
        fields(arguments.get(FIELDS).texts());
        return Map.of();
    }

    private Object nameSearch(OdooCaller<V> caller, OdooArguments arguments) {
        String name = arguments.get("name").optionalText();
        String operator = arguments.get("operator").optionalText();
        Leaf leaf = Leaf.of(List.of("display_name", operator == null ? "ilike" : operator, name == null ? "" : name));
        boolean anything = name == null && !leaf.operator().negative();
        Filter<Object> filter = filter(caller, arguments, DOMAIN);
        Query<Object> query = Query.where(anything ? filter : Filter.and(table.named(leaf), filter));
        int limit = arguments.has(LIMIT) ? arguments.get(LIMIT).integer() : DEFAULT_NAMES;
        return names(list(caller, new Query<>(query.filter(), table.defaultOrder(), 0, limit), "name_search"));
    }

    private Object fieldsGet(OdooCaller<V> caller, OdooArguments arguments) {
        List<String> wanted = arguments.get("allfields").texts();
        List<String> attributes = arguments.get("attributes").texts();
        Map<String, Object> described = new LinkedHashMap<>();
        for (Field<V, R> field : table.fields()) {
            if (wanted.isEmpty() || wanted.contains(field.name())) {
                Map<String, Object> all = described(field);
                if (!attributes.isEmpty()) {
                    all.keySet().retainAll(attributes);
                }
                described.put(field.name(), all);
            }
        }
        return described;
    }

    /** Returns all fields of a table with their attributes, as {@code fields_get} does. */
    static Map<String, Object> described(ModelTable<?, ?> table) {
        Map<String, Object> described = new LinkedHashMap<>();
        table.fields().forEach(field -> described.put(field.name(), described(field)));
        return described;
    }

    private Object fieldsGetKeys(OdooCaller<V> caller, OdooArguments arguments) {
        List<Object> names = new ArrayList<>();
        table.fields().forEach(field -> names.add(field.name()));
        return names;
    }

    /**
     * Returns whether the caller may read, create, write or unlink all records of the model, provided that it has the
     * method.
     */
    private Object checkAccessRights(OdooCaller<V> caller, OdooArguments arguments) {
        String operation = operation(arguments);
        boolean may = may(caller, operation);
        if (!may && arguments.flagOrTrue("raise_exception")) {
            throw Faults.notAllowed(table.model(), operation, null);
        }
        return may;
    }

    /** Returns the same as {@code check_access_rights}, but false if one of the records is hidden or missing. */
    private Object hasAccess(OdooCaller<V> caller, OdooArguments arguments) {
        List<Long> ids = arguments.get("ids").ids();
        return may(caller, operation(arguments))
                && table.find(caller.view(), ids).size() == new HashSet<>(ids).size();
    }

    private Object checkAccess(OdooCaller<V> caller, OdooArguments arguments) {
        String operation = operation(arguments);
        if (!may(caller, operation)) {
            throw Faults.notAllowed(table.model(), operation, null);
        }
        table.require(caller, arguments.get("ids").ids(), operation);
        return true;
    }

    private static String operation(OdooArguments arguments) {
        String operation = arguments.get(OPERATION).text();
        if (!OPERATIONS.contains(operation)) {
            throw arguments.get(OPERATION).wrong("one of " + String.join(", ", OPERATIONS));
        }
        return operation;
    }

    private boolean may(OdooCaller<V> caller, String operation) {
        try {
            if (operation.equals("read")) {
                table.count(caller.view(), Filter.none());
                return true;
            }
            caller.models().requireChange(caller.view());
            return !caller.readOnly() && caller.models().has(table.model(), operation);
        } catch (SaasException error) {
            if (error.category() != ErrorCategory.NOT_ALLOWED) {
                throw error;
            }
            return false;
        }
    }

    private static Map<String, Object> described(Field<?, ?> field) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("name", field.name());
        attributes.put("type", field.type().text());
        attributes.put("string", field.label());
        attributes.put("readonly", field.writer() == null);
        attributes.put("required", false);
        attributes.put("store", field.column() != null);
        attributes.put("searchable", field.condition() != null);
        attributes.put("sortable", field.column() != null);
        if (field.relation() != null) {
            attributes.put("relation", field.relation());
        }
        if (!field.selection().isEmpty()) {
            attributes.put("selection", field.selection());
        }
        return attributes;
    }

    /** Lists records. Refuses too many of them rather than leaving some out, which a script would not notice. */
    private List<R> list(OdooCaller<V> caller, Query<Object> query, String method) {
        boolean bounded = query.limit() > 0 && query.limit() <= MOST_RECORDS;
        List<R> records = table.list(caller.view(), bounded ? query : query.page(query.offset(), MOST_RECORDS + 1));
        if (records.size() > MOST_RECORDS) {
            throw tooMany(method, "give limit and offset");
        }
        return records;
    }

    private OdooFault tooMany(String method, String remedy) {
        return Faults.userError(method + " on '" + table.model() + "' returns at most " + MOST_RECORDS
                + " records in one call; " + remedy + ".");
    }

    /** Returns the visible records. Missing ids are left out; ids of hidden records are refused. */
    private List<R> visible(OdooCaller<V> caller, List<Long> ids, String method) {
        if (ids.size() > MOST_RECORDS) {
            throw tooMany(method, "pass fewer ids at once");
        }
        Map<Long, R> found = table.find(caller.view(), ids);
        if (found.size() < ids.size()) {
            table.refuseHidden(
                    caller, ids.stream().filter(id -> !found.containsKey(id)).toList(), method);
        }
        return ids.stream().map(found::get).filter(Objects::nonNull).toList();
    }

    private Filter<Object> filter(OdooCaller<V> caller, OdooArguments arguments, String parameter) {
        Domain domain = Domain.of(arguments.raw(parameter));
        Filter<Object> filter = domain.filter(caller, table);
        return table.activeFields().isEmpty() || domain.mentions(table.activeFields()) || !arguments.activeOnly()
                ? filter
                : Filter.and(filter, Domain.filter(caller, table, ACTIVE));
    }

    private Query<Object> query(OdooCaller<V> caller, OdooArguments arguments) {
        return new Query<>(
                filter(caller, arguments, DOMAIN),
                OrderText.parse(table, arguments.get(ORDER).optionalText()),
                arguments.get(OFFSET).integer(),
                arguments.get(LIMIT).integer());
    }

    private List<Field<V, R>> fields(List<String> names) {
        List<Field<V, R>> fields = new ArrayList<>();
        fields.add(table.require("id"));
        if (names.isEmpty()) {
            table.fields().stream().filter(field -> !field.name().equals("id")).forEach(fields::add);
        }
        for (String name : names) {
            Field<V, R> field = table.require(name);
            if (!fields.contains(field)) {
                fields.add(field);
            }
        }
        return fields;
    }

    private List<Object> rows(OdooCaller<V> caller, List<R> records, List<Field<V, R>> fields, boolean named) {
        List<Map<String, Object>> rows = new ArrayList<>();
        records.forEach(record -> rows.add(new LinkedHashMap<>()));
        if (!records.isEmpty()) {
            for (Field<V, R> field : fields) {
                List<Object> column = field.reader().read(caller, records, named);
                for (int i = 0; i < rows.size(); i++) {
                    rows.get(i).put(field.name(), column.get(i));
                }
            }
        }
        return new ArrayList<>(rows);
    }

    private List<Object> names(List<R> records) {
        List<Object> names = new ArrayList<>();
        records.forEach(record -> names.add(List.of(table.id(record), table.name(record))));
        return names;
    }
}
