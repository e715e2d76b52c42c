// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import org.jdbi.v3.core.statement.ParsedSql;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Finds the named parameters in the statements of this module: names after a colon, outside of quotes. Two colons are a
 * cast. It replaces Jdbi's parser, which reads all of SQL and needs more time to start than many statements take (see
 * ADR 15).
 */
public final class NamedParameters implements SqlParser {
    @Override
    public ParsedSql parse(String sql, StatementContext context) {
        ParsedSql.Builder parsed = ParsedSql.builder();
        int done = 0;
        int at = 0;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == '\'' || c == '"') {
                int end = sql.indexOf(c, at + 1);
                at = end < 0 ? sql.length() : end + 1;
            } else if (c == ':') {
                int end = endOfName(sql, at + 1);
                if (end > at + 1) {
                    parsed.append(sql.substring(done, at)).appendNamedParameter(sql.substring(at + 1, end));
                    done = end;
                } else if (sql.startsWith(":", end)) {
                    end = endOfName(sql, end + 1);
                }
                at = end;
            } else {
                at++;
            }
        }
        return parsed.append(sql.substring(done)).build();
    }

    private static int endOfName(String sql, int start) {
        int end = start;
        while (end < sql.length() && (sql.charAt(end) == '_' || Character.isLetterOrDigit(sql.charAt(end)))) {
            end++;
        }
        return end;
    }

    @Override
    public String nameParameter(String rawName, StatementContext context) {
        return ':' + rawName;
    }
}
