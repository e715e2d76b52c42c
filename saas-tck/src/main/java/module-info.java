// SPDX-License-Identifier: Apache-2.0
/** The conformance kit: backend authors extend its contracts in their tests. */
module dev.allotment.tck {
    requires transitive dev.allotment.api;
    requires transitive org.assertj.core;
    requires transitive org.junit.jupiter.api;
    requires static org.jspecify;
}
