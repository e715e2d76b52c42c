// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders;

/** A library that is not silent. */
public final class PrintingLibrary {

    public static final class Out {
        public void run() {
            System.out.println("hello");
        }
    }

    public static final class Err {
        public void run() {
            System.err.println("hello");
        }
    }

    public static final class StackTrace {
        public void run(Exception failure) {
            failure.printStackTrace();
        }
    }

    private PrintingLibrary() {}
}
