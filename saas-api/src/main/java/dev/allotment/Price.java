// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@link Plan} costs, for display: the control plane charges nothing. Immutable.
 *
 * @param text an amount with the decimal places of its currency, the ISO 4217 code of the currency, and the period,
 *     such as {@code 12.50 EUR/month} or {@code 1200 JPY/year}
 */
public record Price(String text) {
    /** How often the amount is due. */
    public enum Period {
        /** Every month. */
        MONTH,

        /** Every year. */
        YEAR
    }

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,6})?) ([A-Z]{3})/(month|year)");

    /** Takes any text, as stored. Use {@link #of} or {@link #parse} instead. */
    @Internal
    public Price {}

    /**
     * Returns the price with a text such as {@code 12.50 EUR/month}. Decimal places that the currency has are added.
     *
     * @throws SaasException {@code configuration.invalid} also for an unknown currency, and for more decimal places
     *     than it has
     */
    public static Price parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw invalid();
        }
        return of(
                new BigDecimal(parts.group(1)),
                parts.group(2),
                Period.valueOf(parts.group(3).toUpperCase(Locale.ROOT)));
    }

    /**
     * Returns a price.
     *
     * @param amount not negative, less than 1,000,000,000,000
     * @param currency the ISO 4217 code, such as {@code EUR}
     * @throws SaasException {@code configuration.invalid} as {@link #parse}
     */
    public static Price of(BigDecimal amount, String currency, Period period) {
        try {
            int places = Math.max(0, Currency.getInstance(currency).getDefaultFractionDigits());
            String text = amount.setScale(places).toPlainString() + " " + currency + "/"
                    + period.name().toLowerCase(Locale.ROOT);
            if (TEXT.matcher(text).matches()) {
                return new Price(text);
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            // reported below: there is no such currency, or it has fewer decimal places
        }
        throw invalid();
    }

    private static SaasException invalid() {
        return SaasException.invalid(
                ErrorCodes.CONFIGURATION_INVALID,
                "A price is an amount, the ISO 4217 code of its currency, and month or year, such as 12.50 EUR/month. The"
                        + " amount is not negative, and has no more decimal places than the currency.");
    }

    /** Returns the amount. */
    public BigDecimal amount() {
        return new BigDecimal(text.substring(0, text.indexOf(' ')));
    }

    /**
     * Returns the currency.
     *
     * @throws IllegalArgumentException if this Java does not know it, as another node may
     */
    public Currency currency() {
        int start = text.indexOf(' ') + 1;
        return Currency.getInstance(text.substring(start, text.indexOf('/')));
    }

    /** Returns how often the amount is due. */
    public Period period() {
        return Period.valueOf(text.substring(text.indexOf('/') + 1).toUpperCase(Locale.ROOT));
    }
}
