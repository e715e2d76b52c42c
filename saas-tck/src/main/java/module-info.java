// SPDX-License-Identifier: Apache-2.0
/** The conformance kit that backend authors run, and the in-memory reference backend that passes it. */
module dev.allotment.tck {
    requires transitive dev.allotment.api;
    requires transitive org.assertj.core;
    requires transitive org.junit.jupiter.api;
    requires static org.jspecify;

    exports dev.allotment.tck.memory;

    provides dev.allotment.spi.BackendProvider with
            dev.allotment.tck.memory.MemoryBackendProvider;
}
