// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.identity;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The mail domains in which everyone can get an address. A customer that has proven one of them, by any mistake in its
 * DNS, would get the people of all others. The list is the resource {@code public-mail-domains.txt}.
 */
final class PublicMailDomains {
    private static final Set<String> DOMAINS = read();

    private PublicMailDomains() {}

    /** Returns whether a domain is a public one, or in one. */
    static boolean contains(String domain) {
        String rest = domain;
        while (!DOMAINS.contains(rest)) {
            int dot = rest.indexOf('.');
            if (dot < 0) {
                return false;
            }
            rest = rest.substring(dot + 1);
        }
        return true;
    }

    private static Set<String> read() {
        try (InputStream stream = PublicMailDomains.class.getResourceAsStream("public-mail-domains.txt")) {
            String text = new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException("The public mail domains cannot be read", e);
        }
    }
}
