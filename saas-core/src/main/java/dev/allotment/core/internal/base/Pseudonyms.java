// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.TenantId;
import dev.allotment.UserId;

/**
 * The words that take the place of names of an erased customer. They say which records belong together, and nothing
 * else. They are stored data, so they must not change.
 */
public final class Pseudonyms {
    /** Takes the place of every other text. */
    public static final String TEXT = "erased";

    private static final String ACCOUNT = "erased account ";

    private Pseudonyms() {}

    /** Takes the place of the login of an account. */
    public static String account(UserId account) {
        return ACCOUNT + account;
    }

    /** Takes the place of the name of a tenant. */
    public static String tenant(TenantId tenant) {
        return TEXT + "-" + tenant;
    }

    /** Whether a login could be taken for a pseudonym. */
    public static boolean isLogin(String login) {
        return login.equals(TEXT) || login.startsWith(ACCOUNT);
    }
}
