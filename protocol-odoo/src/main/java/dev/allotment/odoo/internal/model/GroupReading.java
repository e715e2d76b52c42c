// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.grouping.Aggregate;
import dev.allotment.odoo.internal.grouping.GroupValue;
import dev.allotment.odoo.internal.grouping.Period;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.PythonText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code read_group}: the records that a caller may see, by the values of fields. They are read and grouped here, so
 * there is a limit.
 */
final class GroupReading<V, R> {
    static final MethodSignature SIGNATURE = MethodSignature.required("domain", "fields", "groupby")
            .optional("offset", "limit", "orderby", "lazy")
            .withDefault("offset", "0")
            .withDefault("lazy", "True")
            .withContextByPosition();

    private static final int MOST_RECORDS = 10_000;
    private static final int MOST_KEYS = 10;
    private static final String COUNT = "__count";
    private static final Set<FieldType> GROUPED = Set.of(
            FieldType.INTEGER,
            FieldType.CHAR,
            FieldType.TEXT,
            FieldType.BOOLEAN,
            FieldType.DATETIME,
            FieldType.SELECTION,
            FieldType.MANY2ONE);
    private static final Pattern COMPUTED = Pattern.compile("(\\w+):(\\w+)(?:\\((\\w+)\\))?");

    private final ModelTable<V, R> table;

    GroupReading(ModelTable<V, R> table) {
        this.table = table;
    }

    /** @param period null: the field is no instant */
    private record Key<V, R>(
            String text, Field<V, R> field, @Nullable Period period) {}

    private record Computed<V, R>(String name, Field<V, R> field, Aggregate aggregate) {}

    /** The numbers of the records in a group, among those that were read. */
    private record Group(List<GroupValue> values, List<Integer> members) {}

    /** @param filter of the domain and the context */
    Object read(OdooCaller<V> caller, OdooArguments arguments, Filter<Object> filter) {
        List<Key<V, R>> all = keys(arguments);
        boolean lazy = arguments.flagOrTrue("lazy");
        List<Key<V, R>> keys = lazy && all.size() > 1 ? all.subList(0, 1) : all;
        List<Computed<V, R>> computed = computed(arguments.get("fields").texts(), keys);
        List<R> records = table.list(caller.view(), Query.where(filter).page(0, MOST_RECORDS + 1));
        if (records.size() > MOST_RECORDS) {
            throw Faults.userError("read_group on '" + table.model() + "' takes at most " + MOST_RECORDS
                    + " records; narrow the domain.");
        }
        String count = lazy && !keys.isEmpty() ? keys.get(0).field().name() + "_count" : COUNT;
        List<List<Object>> columns = computed.stream()
                .map(each -> each.field().reader().read(caller, records, false))
                .toList();
        Object domain = arguments.raw("domain");
        List<Row> rows = new ArrayList<>();
        for (Group group : groups(caller, records, keys)) {
            Map<String, Object> row = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                row.put(keys.get(i).text(), group.values().get(i).shown());
            }
            row.put(count, (long) group.members().size());
            for (int i = 0; i < computed.size(); i++) {
                List<Object> column = columns.get(i);
                List<Object> values = group.members().stream().map(column::get).toList();
                row.put(computed.get(i).name(), computed.get(i).aggregate().of(values));
            }
            putRanges(row, keys, group);
            row.put("__domain", domain(keys, group, domain));
            if (all.size() > keys.size()) {
                row.put(
                        "__context",
                        Map.of(
                                "group_by",
                                all.subList(1, all.size()).stream()
                                        .map(Key::text)
                                        .toList()));
            }
            rows.add(new Row(group.values(), row));
        }
        rows.sort(order(keys, count, computed, arguments.get("orderby").optionalText()));
        return page(
                rows, arguments.get("offset").integer(), arguments.get("limit").integer());
    }

    private record Row(List<GroupValue> values, Map<String, Object> shown) {}

    private List<Key<V, R>> keys(OdooArguments arguments) {
        List<String> texts = arguments.raw("groupby") instanceof String one
                ? List.of(one)
                : arguments.get("groupby").texts();
        if (texts.size() > MOST_KEYS) {
            throw Faults.userError("read_group groups by at most " + MOST_KEYS + " fields.");
        }
        return texts.stream().map(this::key).toList();
    }

    private Key<V, R> key(String text) {
        int colon = text.indexOf(':');
        Field<V, R> field = table.require(colon < 0 ? text : text.substring(0, colon));
        boolean instant = field.type() == FieldType.DATETIME;
        if (!GROUPED.contains(field.type()) || field.name().equals("id") || (colon >= 0 && !instant)) {
            throw Faults.userError(
                    "Records of '" + table.model() + "' cannot be grouped by " + PythonText.abbreviated(text));
        }
        return new Key<>(text, field, instant ? period(colon < 0 ? "month" : text.substring(colon + 1)) : null);
    }

    private static Period period(String name) {
        for (Period each : Period.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(name)) {
                return each;
            }
        }
        throw Faults.userError(
                "A time is grouped by hour, day, week, month, quarter or year, not by " + PythonText.abbreviated(name));
    }

    private List<Computed<V, R>> computed(List<String> fields, List<Key<V, R>> keys) {
        List<Computed<V, R>> computed = new ArrayList<>();
        if (fields.isEmpty()) {
            table.fields().stream().filter(each -> each.column() != null).forEach(each -> addSum(computed, each, keys));
        }
        for (String text : fields) {
            Matcher parts = COMPUTED.matcher(text);
            if (!parts.matches()) {
                if (!text.equals(COUNT)) {
                    addSum(computed, table.require(text), keys);
                }
                continue;
            }
            Field<V, R> field = table.require(parts.group(3) == null ? parts.group(1) : parts.group(3));
            computed.add(new Computed<>(parts.group(1), field, aggregate(parts.group(2), field)));
        }
        return computed;
    }

    /** A field without a function is added up if it is a number, and left out otherwise. */
    private static <V, R> void addSum(List<Computed<V, R>> computed, Field<V, R> field, List<Key<V, R>> keys) {
        boolean isKey = keys.stream().anyMatch(key -> key.field().equals(field));
        if (field.type() == FieldType.INTEGER && !field.name().equals("id") && !isKey) {
            computed.add(new Computed<>(field.name(), field, Aggregate.SUM));
        }
    }

    private Aggregate aggregate(String name, Field<V, R> field) {
        for (Aggregate each : Aggregate.values()) {
            boolean fits = !each.ofNumbers() || field.type() == FieldType.INTEGER;
            if (fits && each.name().toLowerCase(Locale.ROOT).equals(name)) {
                return each;
            }
        }
        throw Faults.userError("Field '" + field.name() + "' on model '" + table.model() + "' has no aggregate "
                + PythonText.abbreviated(name) + ": there are sum, avg, min and max of numbers, count and"
                + " count_distinct.");
    }

    private List<Group> groups(OdooCaller<V> caller, List<R> records, List<Key<V, R>> keys) {
        List<List<Object>> columns = keys.stream()
                .map(key -> key.field().reader().read(caller, records, true))
                .toList();
        Map<List<GroupValue>, Group> groups = new LinkedHashMap<>();
        if (keys.isEmpty()) {
            groups.put(List.of(), new Group(List.of(), new ArrayList<>()));
        }
        for (int i = 0; i < records.size(); i++) {
            List<GroupValue> values = new ArrayList<>();
            for (int k = 0; k < keys.size(); k++) {
                values.add(GroupValue.of(columns.get(k).get(i), keys.get(k).period()));
            }
            groups.computeIfAbsent(values, each -> new Group(each, new ArrayList<>()))
                    .members()
                    .add(i);
        }
        return List.copyOf(groups.values());
    }

    private static <V, R> void putRanges(Map<String, Object> row, List<Key<V, R>> keys, Group group) {
        Map<String, Object> ranges = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            if (keys.get(i).period() != null) {
                List<String> range = group.values().get(i).range();
                ranges.put(keys.get(i).text(), range == null ? false : ends(range));
            }
        }
        if (!ranges.isEmpty()) {
            row.put("__range", ranges);
        }
    }

    private static Map<String, Object> ends(List<String> range) {
        Map<String, Object> ends = new LinkedHashMap<>();
        ends.put("from", range.get(0));
        ends.put("to", range.get(1));
        return ends;
    }

    /** Leaves without an operator before them are joined by "and". */
    private static <V, R> List<Object> domain(List<Key<V, R>> keys, Group group, @Nullable Object given) {
        List<Object> domain = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            domain.addAll(group.values().get(i).leaves(keys.get(i).field().name()));
        }
        if (given instanceof List<?> rest) {
            domain.addAll(rest);
        }
        return domain;
    }

    private Comparator<Row> order(
            List<Key<V, R>> keys, String count, List<Computed<V, R>> computed, @Nullable String text) {
        Comparator<Row> order = null;
        for (String part : text == null || text.isBlank() ? new String[0] : text.split(",", -1)) {
            String[] words = part.strip().split("\\s+", -1);
            boolean descending = words.length == 2 && words[1].equalsIgnoreCase("desc");
            Comparator<Row> next =
                    words.length > 2 || (words.length == 2 && !descending && !words[1].equalsIgnoreCase("asc"))
                            ? null
                            : by(words[0], keys, count, computed);
            if (next == null) {
                throw Faults.userError("Invalid order " + PythonText.abbreviated(text)
                        + " of groups: it is a list of grouped or computed fields, or " + COUNT
                        + ", each with asc or desc or neither.");
            }
            Comparator<Row> directed = descending ? next.reversed() : next;
            order = order == null ? directed : order.thenComparing(directed);
        }
        for (int i = 0; i < keys.size(); i++) {
            int at = i;
            Comparator<Row> next = Comparator.comparing(row -> row.values().get(at));
            order = order == null ? next : order.thenComparing(next);
        }
        return order == null ? Comparator.comparing(row -> 0) : order;
    }

    private @Nullable Comparator<Row> by(
            String name, List<Key<V, R>> keys, String count, List<Computed<V, R>> computed) {
        for (int i = 0; i < keys.size(); i++) {
            int at = i;
            if (keys.get(i).text().equals(name) || keys.get(i).field().name().equals(name)) {
                return Comparator.comparing(row -> row.values().get(at));
            }
        }
        boolean counted = name.equals(COUNT) || name.equals(count);
        String shown = counted ? count : name;
        boolean known =
                counted || computed.stream().anyMatch(each -> each.name().equals(name));
        Function<Row, Double> number =
                row -> row.shown().get(shown) instanceof Number found ? found.doubleValue() : Double.NEGATIVE_INFINITY;
        return known ? Comparator.comparing(number) : null;
    }

    private static List<Object> page(List<Row> rows, int offset, int limit) {
        if (offset < 0 || limit < 0) {
            throw OdooFault.request("offset and limit of read_group must not be negative.");
        }
        return rows.stream()
                .skip(offset)
                .limit(limit == 0 ? Long.MAX_VALUE : limit)
                .<Object>map(Row::shown)
                .toList();
    }
}
