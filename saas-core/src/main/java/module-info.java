// SPDX-License-Identifier: Apache-2.0
/** The domain of Allotment. */
module dev.allotment.core {
    requires transitive dev.allotment.api;
    requires static org.jspecify;
}
