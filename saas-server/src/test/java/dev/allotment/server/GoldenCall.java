// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call of the file.
 *
 * @param user who calls
 * @param named all arguments by name; {@code ids} are the records
 * @param rpc the outcome in the older protocols
 * @param json2 the outcome in JSON-2
 */
record GoldenCall(
        String line,
        User user,
        String model,
        String method,
        Map<String, @Nullable Object> named,
        @Nullable GoldenOutcome rpc,
        @Nullable GoldenOutcome json2) {

    /** Who calls, in which database. */
    enum User {
        /** The administrator of the main database. */
        ADMIN(GoldenPortal.MAIN, "admin"),
        /** A portal user, who owns the tenant database. */
        OWNER(GoldenPortal.MAIN, "owner@example.com"),
        /** The administrator of the tenant database. */
        BOSS(GoldenPortal.CLIENT, "boss"),
        /** A member of the tenant database. */
        WORKER(GoldenPortal.CLIENT, "worker");

        final String database;
        final String login;

        User(String database, String login) {
            this.database = database;
            this.login = login;
        }
    }

    /** Returns the arguments by position: the records, if there are some. */
    List<Object> positional() {
        Object ids = named.get("ids");
        return ids == null ? List.of() : List.of(ids);
    }

    /** Returns the arguments by name besides the records. */
    Map<String, @Nullable Object> others() {
        Map<String, @Nullable Object> others = new LinkedHashMap<>(named);
        others.remove("ids");
        return others;
    }
}
