// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.name;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The labels that a customer cannot choose for a database: those of RFC 2142, hosts that programs look up by
 * themselves, and hosts where people expect the provider and would enter their passwords. A customer with such a label
 * could pass for the provider. The list is the resource {@code reserved-labels.txt}.
 */
public final class ReservedLabels {
    private static final Set<String> LABELS = read();

    private ReservedLabels() {}

    public static boolean contains(String label) {
        return LABELS.contains(label);
    }

    private static Set<String> read() {
        try (InputStream stream = ReservedLabels.class.getResourceAsStream("reserved-labels.txt")) {
            String text = new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException("The reserved labels cannot be read", e);
        }
    }
}
