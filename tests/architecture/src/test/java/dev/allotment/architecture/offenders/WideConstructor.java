// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders;

/** Constructors that take more than a reader can keep apart. */
public final class WideConstructor {

    public static final class Service {
        private final int sum;

        public Service(int a, int b, int c, int d, int e, int f, int g, int h, int i) {
            sum = a + b + c + d + e + f + g + h + i;
        }

        public int sum() {
            return sum;
        }
    }

    public record Components(int a, int b, int c, int d, int e, int f, int g, int h, int i) {}

    /** Not an offender. */
    public record Eight(int a, int b, int c, int d, int e, int f, int g, int h) {}

    private WideConstructor() {}
}
