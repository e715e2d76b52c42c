// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.text.DateFormat;
import com.ibm.icu.text.NumberFormat;
import com.ibm.icu.text.PluralRules;
import com.ibm.icu.util.TimeZone;
import com.ibm.icu.util.ULocale;
import dev.allotment.portal.text.PortalTexts;
import dev.allotment.text.Texts;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.Locale;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares plurals, numbers and times with ICU, which has the same data of CLDR. */
class LanguageFormatsTest {
    private static Texts texts(String language) {
        return PortalTexts.STANDARD.find(language).orElseThrow();
    }

    private static LongStream numbers() {
        return LongStream.concat(
                LongStream.rangeClosed(0, 2000),
                LongStream.of(
                        9_999, 10_000, 100_000, 999_999, 1_000_000, 1_000_001, 2_000_000, 1_500_000, 1_000_000_000));
    }

    /** English is written as in Europe. */
    private static ULocale icu(String language) {
        return ULocale.forLocale(language.equals("en") ? Locale.UK : Locale.forLanguageTag(language));
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de", "fr", "es"})
    void theFormOfATextFitsItsNumber(String language) {
        PluralRules rules = PluralRules.forLocale(icu(language));
        Texts texts = texts(language);
        numbers()
                .forEach(number -> assertThat(texts.pluralKey("unit.days", number))
                        .as("%s in %s", number, language)
                        .isEqualTo("unit.days." + rules.select((double) number)));
        Set<String> forms = rules.getKeywords();
        assertThat(forms).allMatch(form -> texts.has("unit.days." + form));
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de", "fr", "es"})
    void numbersAreWrittenAsInTheLanguage(String language) {
        NumberFormat format = NumberFormat.getIntegerInstance(icu(language));
        numbers()
                .forEach(number ->
                        assertThat(texts(language).number(number)).as(language).isEqualTo(format.format(number)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de", "fr", "es"})
    void timesAreWrittenAsInTheLanguage(String language) {
        DateFormat format = DateFormat.getDateTimeInstance(DateFormat.MEDIUM, DateFormat.SHORT, icu(language));
        format.setTimeZone(TimeZone.getTimeZone("Europe/Berlin"));
        DateFormat days = DateFormat.getDateInstance(DateFormat.MEDIUM, icu(language));
        days.setTimeZone(TimeZone.getTimeZone("UTC"));
        Instant time = Instant.parse("2024-01-01T00:00:30Z");
        for (int i = 0; i < 1000; i++) {
            // Java joins day and time as in a short text, without a comma in some languages.
            assertThat(texts(language).time(time, ZoneId.of("Europe/Berlin")).replace(",", ""))
                    .as(language)
                    .isEqualTo(format.format(Date.from(time)).replace(",", ""));
            assertThat(texts(language).day(time)).as(language).isEqualTo(days.format(Date.from(time)));
            time = time.plusSeconds(86_400 + 3_607);
        }
    }
}
