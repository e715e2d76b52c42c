// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

/** A hash that Python's hashlib computed, in the format {@code pbkdf2_sha512} of passlib. */
public final class Passlib {
    public static final String PASSWORD = "passlib";
    public static final String HASH = "$pbkdf2-sha512$5$c2FsdA$8cEJ9l"
            + "1X18ogtXJtRwXykCCyusjTfazgUg1xMorWn7zBzVoigkhVzQ0iIGnN13npv18AnNHzV1WUpsqcKWuytA";

    private Passlib() {}
}
