// SPDX-License-Identifier: Apache-2.0
/** The entitlements of a tenant as flags of OpenFeature. */
// The API contains types of a library without a module descriptor.
@SuppressWarnings("requires-transitive-automatic")
module dev.allotment.openfeature {
    requires transitive dev.allotment.api;
    requires transitive dev.openfeature.sdk;
    requires static org.jspecify;

    exports dev.allotment.openfeature;
}
