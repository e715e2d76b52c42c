// SPDX-License-Identifier: Apache-2.0
package dev.allotment.api.offenders;

/** Breaks the rules: the builder copies only the name, and has no part for the size. */
public record ForgetfulRecord(String name, int size, boolean active) {
    public Builder toBuilder() {
        return new Builder(name);
    }

    public static final class Builder {
        private String name;
        private boolean active = true;

        private Builder(String name) {
            this.name = name;
        }

        public Builder name(String value) {
            name = value;
            return this;
        }

        public Builder active(boolean value) {
            active = value;
            return this;
        }

        public ForgetfulRecord build() {
            return new ForgetfulRecord(name, 0, active);
        }
    }
}
