// SPDX-License-Identifier: Apache-2.0
/** The conformance kit that backend authors run, and the in-memory reference backend that passes it. */
module dev.allotment.tck {
    requires transitive dev.allotment.api;
    requires transitive org.assertj.core;
    requires transitive org.junit.jupiter.api;
    requires transitive java.sql;
    requires static org.jspecify;

    exports dev.allotment.tck;
    exports dev.allotment.tck.memory;

    // JUnit calls the methods of the contracts, most of which are not public.
    opens dev.allotment.tck to
            org.junit.platform.commons;

    uses dev.allotment.spi.backend.BackendProvider;

    provides dev.allotment.spi.backend.BackendProvider with
            dev.allotment.tck.memory.MemoryBackendProvider;
}
