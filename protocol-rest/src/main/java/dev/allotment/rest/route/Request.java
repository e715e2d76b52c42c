// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.route;

import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.UserId;
import dev.allotment.rest.json.Json;
import dev.allotment.rest.json.JsonType;
import dev.allotment.rest.json.RecordShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request whose caller is known, and whose parameters and fields have the types that the route names.
 *
 * @param saas the view of the caller
 * @param user the account that the API key belongs to
 * @param path the variables of the path
 * @param query the parameters; several values of one are a list
 * @param rawQuery the query as it was sent
 * @param body the fields of the body; those that were not sent are missing
 * @param fields what the body may have
 * @param conditions the headers that say under which conditions the request is made
 */
public record Request(
        Saas saas,
        UserId user,
        Map<String, Object> path,
        Map<String, Object> query,
        String rawQuery,
        Map<String, @Nullable Object> body,
        List<Field> fields,
        Conditions conditions) {
    /**
     * What a request says about repetitions, the state that it expects, and waiting.
     *
     * @param key the idempotency key; null: none
     * @param unchanged the value of If-Match; null: none
     * @param waitSeconds how long the caller wants to wait for the end of an operation
     */
    public record Conditions(@Nullable String key, @Nullable String unchanged, int waitSeconds) {}

    /** Returns the number in the path. */
    public long id() {
        return (long) path("id", Long.class);
    }

    /** Returns a variable of the path. */
    public <T> T path(String name, Class<T> type) {
        return Objects.requireNonNull(type.cast(path.get(name)), name);
    }

    /** Returns a parameter of the query; null: it was not sent. */
    public <T> @Nullable T query(String name, Class<T> type) {
        return type.cast(query.get(name));
    }

    /** Returns the values of a parameter that may occur several times. */
    public List<?> values(String name) {
        return query.get(name) instanceof List<?> values ? values : List.of();
    }

    /** Returns a field of the body; null: it was not sent, or is null. */
    public <T> @Nullable T field(String name, Class<T> type) {
        return type.cast(body.get(name));
    }

    /** Returns a field of the body that the route needs. */
    public <T> T needed(String name, Class<T> type) {
        return Objects.requireNonNull(type.cast(body.get(name)), name);
    }

    /** Returns a record like another one, with the fields that were sent. */
    public <R extends Record> R applied(R like) {
        return RecordShape.with(like, byComponent());
    }

    /** Returns the body as a record. */
    public <R extends Record> R body(Class<R> type) {
        return RecordShape.create(type, byComponent());
    }

    private Map<String, @Nullable Object> byComponent() {
        Map<String, @Nullable Object> values = new HashMap<>();
        fields.stream()
                .filter(each -> body.containsKey(each.name()))
                .forEach(each -> values.put(each.component(), body.get(each.name())));
        return values;
    }

    /** Returns the idempotency key; null: none. */
    public @Nullable String key() {
        return conditions.key();
    }

    /** Returns whether the caller is an operator, whose role the core checks. */
    public boolean isOperator() {
        return !saas.accounts().get(user).portal();
    }

    /**
     * Refuses fields that only an administrator may send.
     *
     * @param others those that the caller may send
     */
    public void requireOnly(String... others) {
        List<String> more = body.keySet().stream()
                .filter(each -> !List.of(others).contains(each))
                .toList();
        if (!more.isEmpty()) {
            throw Problem.of(
                    403, ErrorCodes.ACCESS_NOT_ALLOWED, "Only administrators choose " + String.join(", ", more) + ".");
        }
    }

    /**
     * Refuses the request if the record is not as the caller has seen it.
     *
     * @param present the record, read in the transaction that changes it
     */
    public void requireUnchanged(Record present) {
        String expected = conditions.unchanged();
        if (expected == null || expected.equals("*")) {
            return;
        }
        String tag = Json.tag(Json.write(JsonType.of(present.getClass()).write(present)));
        if (List.of(expected.split("\\s*,\\s*")).stream().noneMatch(tag::equals)) {
            throw Problem.of(
                    412,
                    Problem.CHANGED,
                    "The record was changed since it was read. Read it again, and send its ETag in If-Match.");
        }
    }
}
