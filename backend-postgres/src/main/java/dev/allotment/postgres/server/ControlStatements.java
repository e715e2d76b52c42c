// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The statements that the role of the control plane sends inside a tenant database. They evaluate nothing that belongs
 * to the tenant: they read and write tables of the base schema and system tables, and change owners, privileges, roles,
 * publications and subscriptions. Everything else is sent by a session with the rights of the tenant. A connection that
 * is guarded refuses all other statements before they reach the server. Immutable and thread-safe.
 *
 * <p>This relies on the search path of these sessions: a name without a schema means nothing that a tenant can create.
 */
public final class ControlStatements {
    /** Text in quotes, comments, names, and single characters of everything else. */
    private static final Pattern TOKEN = Pattern.compile(
            "\\s+|--[^\\n]*|/\\*.*?\\*/|[eE]?'(?:[^']|'')*'|\\$(\\w*)\\$.*?\\$\\1\\$|(\"(?:[^\"]|\"\")*\"|[\\p{L}_][\\p{L}\\p{N}_$]*)|.",
            Pattern.DOTALL);

    private static final Set<String> OWN_SCHEMAS =
            Set.of("allotment", "allotment_gate", "pg_catalog", "information_schema");

    /** They name no table, or only change who owns it and who has privileges on it. */
    private static final Set<String> HARMLESS =
            Set.of("BEGIN", "COMMIT", "ROLLBACK", "SET", "RESET", "GRANT", "REVOKE", "REASSIGN", "COMMENT");

    private static final Set<String> CREATED = Set.of("ROLE", "PUBLICATION", "SUBSCRIPTION");
    private static final Set<String> ALTERED = Set.of("DATABASE", "DEFAULT", "ROLE", "PUBLICATION", "SUBSCRIPTION");
    private static final Set<String> DROPPED = Set.of("OWNED", "ROLE", "PUBLICATION", "SUBSCRIPTION");
    private static final Set<String> QUERIES = Set.of("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "COPY", "TABLE");

    /** A name of a table may follow. */
    private static final Set<String> BEFORE_TABLE =
            Set.of("FROM", "JOIN", "INTO", "UPDATE", "ONLY", "COPY", "TABLE", "USING");

    private final Set<String> scripts;

    /** @param scripts migrations of the base schema, which only concern that schema and owners */
    public ControlStatements(Set<String> scripts) {
        this.scripts = Set.copyOf(scripts);
    }

    /**
     * Refuses a text with a statement that is not allowed.
     *
     * @throws IllegalArgumentException with the first words of the statement
     */
    void require(String sql) {
        if (!scripts.contains(sql)) {
            for (List<String> statement : statements(sql)) {
                if (!isAllowed(statement)) {
                    throw new IllegalArgumentException(
                            "The role of the control plane may not send this in a tenant database: "
                                    + String.join(" ", statement.subList(0, Math.min(4, statement.size()))));
                }
            }
        }
    }

    private static boolean isAllowed(List<String> statement) {
        String first = keyword(statement, 0);
        String second = keyword(statement, 1);
        return switch (first) {
            case "CREATE" -> CREATED.contains(second) || isOwn(statement, afterNotExists(statement));
            case "ALTER" ->
                ALTERED.contains(second)
                        || changesOwner(statement)
                        || isOwn(statement, 2)
                        || isCacheOfSequence(statement);
            case "DROP" -> DROPPED.contains(second) || (second.equals("SCHEMA") && areOwnSchemas(statement));
            default -> HARMLESS.contains(first) || (QUERIES.contains(first) && readsOwnTables(statement));
        };
    }

    /** The position of the name in CREATE TABLE, CREATE SCHEMA and CREATE FUNCTION. */
    private static int afterNotExists(List<String> statement) {
        return keyword(statement, 2).equals("IF") ? 5 : 2;
    }

    private static boolean changesOwner(List<String> statement) {
        int end = statement.size();
        return end > 5
                && keyword(statement, end - 3).equals("OWNER")
                && keyword(statement, end - 2).equals("TO");
    }

    private static boolean isCacheOfSequence(List<String> statement) {
        return keyword(statement, 1).equals("SEQUENCE")
                && keyword(statement, statement.size() - 2).equals("CACHE");
    }

    private static boolean areOwnSchemas(List<String> statement) {
        return statement.subList(2, statement.size()).stream()
                .allMatch(token ->
                        OWN_SCHEMAS.contains(name(token)) || token.equals(",") || token.equalsIgnoreCase("CASCADE"));
    }

    /** Whether the name at a position is one of the base schema, or is that schema. */
    private static boolean isOwn(List<String> statement, int position) {
        return position < statement.size() && OWN_SCHEMAS.contains(name(statement.get(position)));
    }

    /** Whether each table and each function that a statement names with a schema belongs to no tenant. */
    private static boolean readsOwnTables(List<String> statement) {
        for (int i = 0; i + 2 < statement.size(); i++) {
            if (isName(statement.get(i)) && statement.get(i + 1).equals(".") && isName(statement.get(i + 2))) {
                boolean afterName = i > 0 && statement.get(i - 1).equals(".");
                boolean table = BEFORE_TABLE.contains(keyword(statement, i - 1)) && !isOperand(statement, i - 1);
                boolean function =
                        i + 3 < statement.size() && statement.get(i + 3).equals("(");
                if ((table || function) && !afterName && !OWN_SCHEMAS.contains(name(statement.get(i)))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether FROM belongs to IS DISTINCT FROM or to a function such as EXTRACT. */
    private static boolean isOperand(List<String> statement, int from) {
        return keyword(statement, from - 1).equals("DISTINCT")
                || Set.of("EXTRACT", "SUBSTRING", "TRIM").contains(keyword(statement, from - 3));
    }

    private static boolean isName(String token) {
        return token.startsWith("\"") || Character.isLetter(token.charAt(0)) || token.charAt(0) == '_';
    }

    private static String name(String token) {
        return token.startsWith("\"")
                ? token.substring(1, token.length() - 1).replace("\"\"", "\"")
                : token.toLowerCase(Locale.ROOT);
    }

    private static String keyword(List<String> statement, int position) {
        return position >= 0 && position < statement.size()
                ? statement.get(position).toUpperCase(Locale.ROOT)
                : "";
    }

    /** Splits a text into statements of names and other characters, without constants and comments. */
    private static List<List<String>> statements(String sql) {
        List<List<String>> statements = new ArrayList<>();
        List<String> statement = new ArrayList<>();
        Matcher token = TOKEN.matcher(sql);
        while (token.find()) {
            String text = token.group();
            if (text.equals(";")) {
                statements.add(statement);
                statement = new ArrayList<>();
            } else if (token.group(2) != null || (text.length() == 1 && !text.isBlank())) {
                statement.add(text);
            }
        }
        statements.add(statement);
        statements.removeIf(List::isEmpty);
        return statements;
    }

    /** Returns a connection that sends no other statements. Its driver can be unwrapped, for COPY. */
    Connection guard(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                ControlStatements.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    check(method, "prepare", arguments);
                    Object result = invoke(connection, method, arguments);
                    return result instanceof Statement statement && !(result instanceof PreparedStatement)
                            ? guard(statement)
                            : result;
                });
    }

    private Statement guard(Statement statement) {
        return (Statement) Proxy.newProxyInstance(
                ControlStatements.class.getClassLoader(),
                new Class<?>[] {Statement.class},
                (proxy, method, arguments) -> {
                    check(method, "execute", arguments);
                    check(method, "addBatch", arguments);
                    return invoke(statement, method, arguments);
                });
    }

    private void check(Method method, String prefix, Object[] arguments) {
        if (arguments != null
                && arguments.length > 0
                && arguments[0] instanceof String sql
                && method.getName().startsWith(prefix)) {
            require(sql);
        }
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
