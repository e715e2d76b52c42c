// SPDX-License-Identifier: Apache-2.0
/** Metrics and observations of a control plane for Micrometer. */
// The API contains types of a library without a module descriptor.
@SuppressWarnings("requires-transitive-automatic")
module dev.allotment.micrometer {
    requires transitive dev.allotment.api;
    requires transitive micrometer.core;
    requires transitive micrometer.observation;
    requires static org.jspecify;

    exports dev.allotment.micrometer;
}
