// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

/** A hash that was computed by other means (Python's hashlib), in the format of passlib's {@code pbkdf2_sha512}. */
final class Passlib {
    static final String PASSWORD = "passlib";
    static final String HASH = "$pbkdf2-sha512$5$c2FsdA$8cEJ9l"
            + "1X18ogtXJtRwXykCCyusjTfazgUg1xMorWn7zBzVoigkhVzQ0iIGnN13npv18AnNHzV1WUpsqcKWuytA";

    private Passlib() {}
}
