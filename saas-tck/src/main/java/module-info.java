// SPDX-License-Identifier: Apache-2.0
/** The conformance kit that backend authors run. */
module dev.allotment.tck {
    requires transitive dev.allotment.api;
    requires transitive org.assertj.core;
    requires transitive org.junit.jupiter.api;
    requires transitive java.sql;
    requires static org.jspecify;

    exports dev.allotment.tck;

    // JUnit calls the methods of the contracts, most of which are not public.
    opens dev.allotment.tck to
            org.junit.platform.commons;

    uses dev.allotment.spi.backend.BackendProvider;
}
