// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The elements of a call, and which element may contain which. */
enum CallElement {
    CALL("methodCall", 1),
    METHOD("methodName", 0),
    PARAMS("params", 0),
    PARAM("param", 1),
    VALUE("value", 0),
    ARRAY("array", 0),
    DATA("data", 0),
    STRUCT("struct", 0),
    MEMBER("member", 2),
    NAME("name", 0),
    /** Any of {@link ScalarType}. */
    SCALAR("", 0);

    private static final Map<String, CallElement> BY_TAG = new HashMap<>();

    static {
        for (CallElement element : values()) {
            if (element != SCALAR) {
                BY_TAG.put(element.tag, element);
            }
        }
        for (ScalarType scalar : ScalarType.values()) {
            for (String tag : scalar.tags()) {
                BY_TAG.put(tag, SCALAR);
            }
        }
    }

    private final String tag;
    private final int required;

    CallElement(String tag, int required) {
        this.tag = tag;
        this.required = required;
    }

    /** Returns the element with this tag, or null. */
    static @Nullable CallElement of(String tag) {
        return BY_TAG.get(tag);
    }

    /** Returns the tag. Empty if the element has several tags. */
    String tag() {
        return tag;
    }

    /** Returns the minimum number of children. */
    int required() {
        return required;
    }

    /**
     * Returns what the child at this index, from zero, must be. Null means that the element must end. {@link #SCALAR}
     * means any type.
     */
    @Nullable
    CallElement child(int index) {
        return switch (this) {
            case CALL -> index == 0 ? METHOD : index == 1 ? PARAMS : null;
            case PARAMS -> PARAM;
            case PARAM -> index == 0 ? VALUE : null;
            case VALUE -> index == 0 ? SCALAR : null;
            case ARRAY -> index == 0 ? DATA : null;
            case DATA -> VALUE;
            case STRUCT -> MEMBER;
            case MEMBER -> index == 0 ? NAME : index == 1 ? VALUE : null;
            case METHOD, NAME, SCALAR -> null;
        };
    }

    /** Returns whether the element is a type, which a value contains. */
    boolean isType() {
        return this == SCALAR || this == STRUCT || this == ARRAY;
    }

    /** Returns whether the element contains only text. */
    boolean isText() {
        return this == METHOD || this == NAME || this == SCALAR;
    }
}
