// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi;

/**
 * Finds a backend: registered with ServiceLoader, chosen by name by the host. Needs a public constructor without arguments.
 */
public interface BackendProvider {
    /** In lower case, such as {@code postgres}; also the dialect whose scripts of an add-on it runs. */
    String name();

    /**
     * Makes a backend. Does no network I/O: an unreachable database shows in {@link Backend#health} and at first use.
     *
     * @throws dev.allotment.SaasException {@code setting.invalid} naming every wrong, missing and unknown setting at once;
     *     {@code backend.in-use} where the storage is open elsewhere and cannot be shared
     */
    Backend open(Settings settings);
}
