// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.rule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MailRulesTest {
    @ParameterizedTest
    @CsvSource({
        "ann@example.com, example.com",
        "ANN@EXAMPLE.COM, example.com",
        "' ann@example.com ', example.com",
        "ann+tag@mail.example.com, mail.example.com",
        "ann@müller.example, xn--mller-kva.example",
        "аnn@еxample.com, xn--xample-2of.com",
    })
    void findsTheDomainOfAnAddress(String address, String domain) {
        assertThat(MailRules.domainOf(address)).contains(domain);
    }

    /** A mail program could send to several addresses, or to another domain than the one that was found. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ann",
                "@example.com",
                "ann@",
                "ann@example.com.",
                "ann@evil.example@example.com",
                "eve@evil.example,ann@example.com",
                "eve@evil.example ann@example.com",
                "eve@evil.example\nann@example.com",
                "<eve@evil.example>ann@example.com",
                "\"eve@evil.example\"@example.com",
                "Ann <ann@example.com>",
                "ann@example.com (eve@evil.example)",
                "group:ann@example.com;",
                "ann@[192.0.2.1]",
                "ann@192.0.2.1",
                "ann@localhost",
                "ann@faß.example",
                "ann@ｅxample.com",
                "ann@example。com",
                "ann@exam\u00ADple.com",
                "ann@exam\u200Bple.com",
            })
    void findsNoDomainInWhatIsNotOnePlainAddress(String address) {
        assertThat(MailRules.domainOf(address)).isEmpty();
    }
}
