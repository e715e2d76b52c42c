// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that many commands share. Each is in one place. */
final class CommonOptions {
    private CommonOptions() {}

    /** The forms of what is printed. */
    enum Output {
        table,
        json
    }

    /** Which server is called, with which key, and how the answer is printed. */
    static final class Target {
        @Option(
                names = "--url",
                paramLabel = "URL",
                description = "The address of the server, such as https://portal.example.com. Default: ALLOTMENT_URL,"
                        + " or that of the profile.")
        @Nullable
        String url;

        @Option(
                names = "--key-file",
                paramLabel = "FILE",
                description = "A file with an API key, which only its owner may read. Default: ALLOTMENT_KEY_FILE,"
                        + " ALLOTMENT_KEY, or that of the profile.")
        @Nullable
        String keyFile;

        @Option(
                names = "--profile",
                paramLabel = "NAME",
                description = "The profile: the file NAME.properties in ~/.config/allotment with url, and key or"
                        + " key-file. Default: ALLOTMENT_PROFILE, or default. Not read if an address is given.")
        @Nullable
        String profile;

        @Option(
                names = "--output",
                paramLabel = "FORM",
                description = "What is printed: table, for people, or json, the answer of the server. Default: table.")
        Output output = Output.table;

        boolean asJson() {
            return output == Output.json;
        }
    }

    /** For all. */
    static final class Help {
        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Prints the options of the command.")
        boolean help;
    }

    /** For what starts an operation. */
    static final class Waiting {
        @Option(
                names = "--wait",
                description = "Waits for the end of the operation, and shows its progress on a terminal.")
        boolean wait;
    }

    /** For what a repetition must not do twice. */
    static final class Repeating {
        @Option(
                names = "--idempotency-key",
                paramLabel = "TEXT",
                description = "The same key with the same options returns the first result. Default: a new key, which"
                        + " a lost answer reports.")
        @Nullable
        String key;
    }

    /** For what deletes. */
    static final class Confirmation {
        @Option(names = "--yes", description = "Confirms it. Without it, nothing is changed.")
        boolean yes;
    }

    /** For long lists. */
    static final class Paging {
        @Option(
                names = "--limit",
                paramLabel = "NUMBER",
                description = "How many records are listed; 0: all. Default: 50.")
        int limit = 50;
    }

    /** For changes of records. */
    static final class Clearing {
        @Option(
                names = "--clear",
                paramLabel = "FIELD",
                split = ",",
                description = "Removes the value of a field, such as expiresAt; can be repeated.")
        String[] clear = {};
    }
}
