// SPDX-License-Identifier: Apache-2.0
/** For tests of embedders: a backend in memory, and a clock that a test sets. */
module dev.allotment.testing {
    requires transitive dev.allotment.api;
    requires static org.jspecify;

    exports dev.allotment.testing;

    provides dev.allotment.spi.backend.BackendProvider with
            dev.allotment.testing.MemoryBackendProvider;
}
