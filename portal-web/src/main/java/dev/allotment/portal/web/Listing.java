// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Lookup;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.text.Texts;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The part of a list that a request selects. Everything is in the query of the address: search text, filters, sort
 * key, rows on a page and page number.
 *
 * <p>A page reads its filters first, then the sort key, then the rows. A wrong value is not applied, and {@link
 * #controls} says what is wrong with it; all other values stay. Not thread-safe.
 */
public final class Listing {
    private static final List<Integer> SIZES = List.of(25, 50, 100);
    private static final int MAX_TEXT = 200;
    private static final int MAX_QUOTED = 50;
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
    private static final LocalDate FIRST_DAY = LocalDate.of(1, 1, 1);
    private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 30);
    private static final String SEARCH = "q";
    private static final String SORT = "sort";
    private static final String ROWS = "rows";
    private static final String PAGE = "page";
    private static final String BACK = "back";

    private final PortalExchange exchange;
    private final String path;
    private final Form form = new Form();
    /** What is set, by name: the query of the address without the page number. */
    private final Map<String, String> chosen = new LinkedHashMap<>();

    private final List<ListControls.Field> fields = new ArrayList<>();
    private final Map<String, String> hidden = new LinkedHashMap<>();
    /** The texts of the filters that are set, by name. */
    private final Map<String, String> chips = new LinkedHashMap<>();

    private final List<Integer> allowed;
    private final int rows;
    private String searchable = "";
    private List<? extends SortKey> keys = List.of();
    private String sort = "";
    private String standard = "";
    private long page;
    private Pager pager = Pager.none();

    private Listing(PortalExchange exchange, String path, List<Integer> allowed) {
        this.exchange = exchange;
        this.path = path;
        this.allowed = allowed;
        String size = exchange.param(ROWS);
        rows = allowed.stream()
                .filter(each -> size.equals(each.toString()))
                .findFirst()
                .orElse(SIZES.get(0));
        if (rows != SIZES.get(0)) {
            hidden.put(ROWS, size);
        } else if (!size.isEmpty() && !size.equals(SIZES.get(0).toString())) {
            form.refuse("", exchange.texts().text("list.rows-wrong", quoted(size), rows));
        }
        String number = exchange.param(PAGE);
        page = NUMBER.matcher(number).matches() ? Long.parseLong(number) : 1;
        if (!number.isEmpty() && !NUMBER.matcher(number).matches()) {
            form.refuse("", exchange.texts().text("list.page-wrong", quoted(number)));
        }
    }

    /** Reads page number and rows on a page. */
    public static Listing of(PortalExchange exchange, String path) {
        return new Listing(exchange, path, SIZES);
    }

    /** Reads the page number of a list with 25 entries on each page. */
    public static Listing fixed(PortalExchange exchange, String path) {
        return new Listing(exchange, path, SIZES.subList(0, 1));
    }

    /** Reads the search text. */
    public String search(String what) {
        searchable = what;
        String text = exchange.param(SEARCH);
        form.set(SEARCH, text);
        if (text.length() > MAX_TEXT) {
            form.refuse(SEARCH, exchange.texts().text("list.search-too-long", MAX_TEXT, text.length()));
            return "";
        }
        choose(SEARCH, text);
        return text;
    }

    /** Returns the pattern of texts that contain a text. */
    public static String containing(String text) {
        return "%" + Filter.literal(text) + "%";
    }

    /** Adds a problem with a field, or with the whole list if the name is empty. */
    public void refuse(String field, String text) {
        form.refuse(field, text);
    }

    /**
     * Reads a filter with a few values.
     *
     * @param all what the list shows without the filter
     * @return the value; empty without the filter
     */
    public String choice(String name, String label, String all, List<Choice> options) {
        String value = exchange.param(name);
        Optional<Choice> option =
                options.stream().filter(each -> each.value().equals(value)).findFirst();
        if (option.isEmpty() && !value.isEmpty()) {
            refuseChoice(name, label, value);
        }
        option.ifPresent(each -> chip(name, label, value, each.text()));
        select(name, label, all, options, option.map(Choice::value).orElse(""));
        return option.map(Choice::value).orElse("");
    }

    /** Reads a filter for the id of a record. Accepts every id, since there may be more records than options. */
    public Optional<Long> id(String name, String label, String all, List<Choice> options) {
        String value = exchange.param(name);
        boolean number = NUMBER.matcher(value).matches();
        List<Choice> more = new ArrayList<>(options);
        if (number) {
            String text = options.stream()
                    .filter(each -> each.value().equals(value))
                    .map(Choice::text)
                    .findFirst()
                    .orElseGet(() -> numbered(value));
            if (options.stream().noneMatch(each -> each.value().equals(value))) {
                more.add(new Choice(value, text));
            }
            chip(name, label, value, text);
        } else if (!value.isEmpty()) {
            refuseChoice(name, label, value);
        }
        select(name, label, all, more, number ? value : "");
        return number ? Optional.of(Long.parseLong(value)) : Optional.empty();
    }

    /**
     * Reads a filter that only links set, such as the tenant that events are about.
     *
     * @param describe the text for people; empty if there is no record with this id
     */
    public Optional<Long> about(String name, String label, LongFunction<String> describe) {
        String value = exchange.param(name);
        if (!NUMBER.matcher(value).matches()) {
            if (!value.isEmpty()) {
                refuseChoice("", label, value);
            }
            return Optional.empty();
        }
        long number = Long.parseLong(value);
        String text = describe.apply(number);
        hidden.put(name, value);
        chip(name, label, value, text.isEmpty() ? numbered(value) : text);
        return Optional.of(number);
    }

    private String numbered(String value) {
        return exchange.texts().text("list.number", value);
    }

    private void refuseChoice(String name, String label, String value) {
        form.refuse(name, exchange.texts().text("list.choice-wrong", label, quoted(value)));
    }

    private void select(String name, String label, String all, List<Choice> options, String value) {
        List<Choice> shown = new ArrayList<>();
        shown.add(new Choice("", all));
        shown.addAll(options);
        fields.add(new ListControls.Field(name, label, "select", value, shown));
    }

    /** Reads a filter with a text. */
    public String text(String name, String label) {
        String value = exchange.param(name);
        form.set(name, value);
        boolean tooLong = value.length() > MAX_TEXT;
        if (tooLong) {
            form.refuse(name, exchange.texts().text("list.text-too-long", label, MAX_TEXT, value.length()));
        } else if (!value.isEmpty()) {
            chip(name, label, value, value);
        }
        fields.add(new ListControls.Field(name, label, "text", value, List.of()));
        return tooLong ? "" : value;
    }

    /**
     * Reads a first and a last day, and returns the filter for records between them. Days start at midnight UTC.
     *
     * @param label of the time, such as {@code Started}
     */
    public <R> Filter<R> days(String name, String label, RecordField<R, Instant> field) {
        Optional<LocalDate> first = day(name + "from", exchange.texts().text("list.from", label));
        Optional<LocalDate> last = day(name + "until", exchange.texts().text("list.until", label));
        if (first.isPresent() && last.isPresent() && last.get().isBefore(first.get())) {
            form.refuse(name + "until", exchange.texts().text("list.days-wrong", label, last.get(), first.get()));
        }
        List<Filter<R>> parts = new ArrayList<>();
        first.ifPresent(day -> parts.add(Filter.compare(field, Operator.GREATER_OR_EQUAL, start(day))));
        last.ifPresent(day -> parts.add(Filter.compare(field, Operator.LESS, start(day.plusDays(1)))));
        return Filter.and(parts);
    }

    private static Instant start(LocalDate day) {
        return day.atStartOfDay().toInstant(ZoneOffset.UTC);
    }

    private Optional<LocalDate> day(String name, String label) {
        String value = exchange.param(name);
        Optional<LocalDate> day = parsed(value);
        if (day.isPresent()) {
            chip(name, label, value, value);
        } else if (!value.isEmpty()) {
            form.refuse(name, exchange.texts().text("list.date-wrong", label, quoted(value)));
        }
        // Browsers show no text in a date field that is not a date.
        String type = day.isPresent() || value.isEmpty() ? "date" : "text";
        fields.add(new ListControls.Field(name, label, type, value, List.of()));
        return day;
    }

    private static Optional<LocalDate> parsed(String text) {
        try {
            LocalDate day = LocalDate.parse(text);
            return day.isBefore(FIRST_DAY) || day.isAfter(LAST_DAY) ? Optional.empty() : Optional.of(day);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Reads a filter that a link switches. */
    public boolean toggle(String name) {
        boolean on = !exchange.param(name).isEmpty();
        if (on) {
            choose(name, "1");
            hidden.put(name, "1");
        }
        return on;
    }

    private void chip(String name, String label, String value, String text) {
        choose(name, value);
        chips.put(name, label + ": " + text);
    }

    private void choose(String name, String value) {
        if (!value.isEmpty()) {
            chosen.put(name, value);
        }
    }

    /**
     * Reads the rows of the page from a list of records. Reads from the end of the list if that is nearer, so that the
     * last page takes as long as the first one.
     *
     * @param first the standard sort key, such as {@code name}, or {@code -at} for descending
     */
    public <R> List<R> read(Lookup<?, R> lookup, Filter<? super R> filter, String first, List<SortKey.Of<R>> sortKeys) {
        order(first, sortKeys);
        long total = lookup.count(filter);
        paged(total);
        if (total == 0) {
            return List.of();
        }
        long offset = (page - 1) * rows;
        int size = (int) Math.min(rows, total - offset);
        boolean fromEnd = offset > total / 2;
        boolean descending = descending() != fromEnd;
        RecordField<? super R, ?> key = chosenKey(sortKeys).field();
        RecordField<Object, Object> id = RecordField.named("id");
        Query<R> all = new Query<>(filter, List.of(), 0, 0);
        Query<R> ordered = descending
                ? all.<R>orderByDescending(key).<R>orderByDescending(id)
                : all.<R>orderBy(key).<R>orderBy(id);
        if (!fromEnd) {
            return lookup.list(ordered.page(Math.toIntExact(offset), rows));
        }
        List<R> reversed = new ArrayList<>(lookup.list(ordered.page(Math.toIntExact(total - offset - size), size)));
        Collections.reverse(reversed);
        return reversed;
    }

    /** Selects the rows of the page from a short list that is in memory already. */
    public <T> List<T> select(List<T> all, Predicate<T> filter, String first, List<SortKey.By<T>> sortKeys) {
        order(first, sortKeys);
        Comparator<T> order = chosenKey(sortKeys).order();
        List<T> sorted = all.stream()
                .filter(filter)
                .sorted(descending() ? order.reversed() : order)
                .toList();
        paged(sorted.size());
        int offset = (int) ((page - 1) * rows);
        return sorted.subList(offset, Math.min(sorted.size(), offset + rows));
    }

    private void order(String first, List<? extends SortKey> sortKeys) {
        keys = sortKeys;
        standard = first;
        String wanted = exchange.param(SORT);
        boolean known =
                sortKeys.stream().anyMatch(each -> wanted.equals(each.name()) || wanted.equals("-" + each.name()));
        if (!known && !wanted.isEmpty()) {
            form.refuse(SORT, exchange.texts().text("list.sort-wrong", quoted(wanted)));
        }
        sort = known ? wanted : first;
        if (!sort.equals(first)) {
            choose(SORT, sort);
        }
        if (rows != SIZES.get(0)) {
            choose(ROWS, Integer.toString(rows));
        }
        // The list of sort keys of a phone, whose tables have no header.
        List<Choice> orders = new ArrayList<>();
        for (SortKey each : sortKeys) {
            orders.add(new Choice(each.name(), each.title() + ", " + each.kind().ascending(exchange.texts())));
            orders.add(new Choice(
                    "-" + each.name(), each.title() + ", " + each.kind().descending(exchange.texts())));
        }
        fields.add(new ListControls.Field(SORT, exchange.texts().text("list.sort-by"), "select", sort, orders));
    }

    private boolean descending() {
        return sort.startsWith("-");
    }

    private <K extends SortKey> K chosenKey(List<K> sortKeys) {
        String name = descending() ? sort.substring(1) : sort;
        return sortKeys.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void paged(long total) {
        long last = Math.max(1, (total + rows - 1) / rows);
        // Rows may have gone since the address was stored, also by an action on this page.
        Texts texts = exchange.texts();
        long gone = page > last ? page : 0;
        page = Math.min(page, last);
        long first = Math.min(total, (page - 1) * rows + 1);
        long end = Math.min(total, page * rows);
        List<Pager.Size> sizes = total <= SIZES.get(0) || allowed.size() == 1
                ? List.of()
                : allowed.stream()
                        .map(each -> new Pager.Size(
                                each, with(ROWS, each.equals(SIZES.get(0)) ? "" : each.toString()), each == rows))
                        .toList();
        pager = new Pager(
                page > 1 ? address(chosen, 1) : "",
                page > 1 ? address(chosen, page - 1) : "",
                page < last ? address(chosen, page + 1) : "",
                page < last ? address(chosen, last) : "",
                total == 0
                        ? ""
                        : gone > 0
                                ? texts.text("pager.range-gone", first, end, total, gone)
                                : texts.text("pager.range", first, end, total),
                last == 1 ? "" : texts.text("pager.position", page, last),
                sizes);
    }

    /** Returns the address of this list with one filter changed; an empty value removes the filter. */
    public String with(String name, String value) {
        Map<String, String> other = new LinkedHashMap<>(chosen);
        if (value.isEmpty()) {
            other.remove(name);
        } else {
            other.put(name, value);
        }
        return address(other, 1);
    }

    private String address(Map<String, String> query, long number) {
        String text = query.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        if (number > 1) {
            text += (text.isEmpty() ? "" : "&") + PAGE + "=" + number;
        }
        return text.isEmpty() ? path : path + "?" + text;
    }

    /**
     * Returns the address of a list after an action, with the filters and the page that the button sent in the field
     * {@code back}.
     *
     * @param done what was done, for the notice
     */
    public static String after(PortalExchange exchange, String path, String done) {
        String back = PortalPath.orElse(exchange.param(BACK), path);
        if (!back.startsWith(path + "?") || back.contains("#") || back.contains("done=")) {
            return path + "?done=" + done;
        }
        return back + "&done=" + done;
    }

    /** Returns 422 if a value of the query is wrong, otherwise 200. */
    public int status() {
        return form.isFine() ? 200 : 422;
    }

    /** Returns what a page shows around the rows. */
    public ListControls controls() {
        Map<String, ListControls.Heading> headings = new LinkedHashMap<>();
        for (SortKey each : keys) {
            boolean up = sort.equals(each.name());
            boolean down = sort.equals("-" + each.name());
            String next = up || (!down && each.kind().descendingFirst()) ? "-" + each.name() : each.name();
            headings.put(
                    each.name(),
                    new ListControls.Heading(
                            with(SORT, next.equals(standard) ? "" : next),
                            up ? "ascending" : down ? "descending" : null));
        }
        List<ListControls.Chip> removable = chips.entrySet().stream()
                .map(each -> new ListControls.Chip(each.getValue(), with(each.getKey(), "")))
                .toList();
        return new ListControls(
                path,
                address(chosen, page),
                searchable,
                form,
                fields,
                hidden,
                removable,
                chips.isEmpty() && form.value(SEARCH).isEmpty() ? "" : cleared(),
                headings,
                pager);
    }

    private String cleared() {
        Map<String, String> kept = new LinkedHashMap<>();
        for (String name : List.of(SORT, ROWS)) {
            String value = chosen.get(name);
            if (value != null) {
                kept.put(name, value);
            }
        }
        return address(kept, 1);
    }

    private static String quoted(String text) {
        return "\"" + (text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "…" : text) + "\"";
    }
}
