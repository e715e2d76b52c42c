// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders;

/** A public class of the core that is not its entry point. */
public final class SecondEntry {

    /** Public, but in a type that is not. */
    public static final Class<?> OUT_OF_REACH = Internal.Case.class;

    public static final class Nested {}

    interface Internal {
        record Case() implements Internal {}
    }

    private SecondEntry() {}
}
