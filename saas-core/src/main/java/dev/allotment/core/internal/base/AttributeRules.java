// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.rule.LabelRules;
import dev.allotment.core.internal.rule.TextRules;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The rules for the embedder's attributes of tenants, customers and plans: what they hold, and that only administrators
 * see, set and search them.
 */
public final class AttributeRules {
    private static final String FIELD = "attributes";
    private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final int MOST = 50;
    private static final int MAX_VALUE = 500;

    private AttributeRules() {}

    /** Returns the attributes of a record as the actor sees them. */
    public static Map<String, String> shown(Actor actor, Map<String, String> stored) {
        return actor.seesAttributes() ? stored : Map.of();
    }

    /**
     * Returns the attributes to store after a change. An actor that does not see them keeps them.
     *
     * @param wanted by an actor that has got what it sees of the stored ones
     * @param code of the error for wrong attributes, as the caller documents it
     * @throws SaasException {@code access.not-allowed}
     */
    public static Map<String, String> changed(
            Actor actor, Map<String, String> stored, Map<String, String> wanted, String code) {
        if (actor.seesAttributes()) {
            return checked(wanted, code);
        }
        if (!wanted.isEmpty()) {
            throw actor.refused("set attributes");
        }
        return stored;
    }

    /**
     * Returns these attributes.
     *
     * @param code of the error for wrong ones, as the caller documents it
     */
    public static Map<String, String> checked(Map<String, String> attributes, String code) {
        if (attributes.size() > MOST) {
            throw SaasException.invalid(
                    code, "There may be at most " + MOST + " attributes, found " + attributes.size() + ".");
        }
        // The order decides which wrong attribute the message names.
        new TreeMap<>(attributes).forEach((key, value) -> check(key, value, code));
        return attributes;
    }

    /** Whether a text can be the key of an attribute. */
    public static boolean isKey(String text) {
        return KEY.matcher(text).matches();
    }

    private static void check(String key, String value, String code) {
        if (!isKey(key)) {
            throw SaasException.invalid(
                    code,
                    "The key of an attribute consists of 1 to 64 lower case letters, digits, dots, underscores and"
                            + " hyphens, and starts with a letter or a digit; found " + TextRules.describe(key) + ".");
        }
        int length = value.codePointCount(0, value.length());
        if (length == 0 || length > MAX_VALUE || TextRules.hasControl(value)) {
            throw SaasException.invalid(
                    code,
                    "The value of attribute " + key + " has 1 to " + MAX_VALUE + " printable characters, found "
                            + TextRules.describe(value) + ".");
        }
        if (LabelRules.isImpossible(key, value)) {
            throw SaasException.invalid(
                    code,
                    "The attribute " + key + " requires a label of the database server, whose key and value consist of "
                            + LabelRules.RULE + "; found " + TextRules.describe(value) + ".");
        }
    }

    /**
     * Refuses a query that would show the actor something of attributes that it does not see.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    public static void check(Actor actor, Query<?> query) {
        if (!actor.seesAttributes()
                && (mentions(query.filter())
                        || query.order().stream()
                                .anyMatch(order -> order.field().equals(FIELD)))) {
            throw actor.refused("search by attributes");
        }
    }

    private static boolean mentions(Filter<?> filter) {
        if (filter instanceof Filter.And<?> and) {
            return and.parts().stream().anyMatch(AttributeRules::mentions);
        }
        if (filter instanceof Filter.Or<?> or) {
            return or.parts().stream().anyMatch(AttributeRules::mentions);
        }
        if (filter instanceof Filter.Not<?> not) {
            return mentions(not.part());
        }
        if (filter instanceof Filter.Compare<?> compare) {
            return compare.field().equals(FIELD);
        }
        if (filter instanceof Filter.In<?> in) {
            return in.field().equals(FIELD);
        }
        return ((Filter.Like<?>) filter).field().equals(FIELD);
    }
}
