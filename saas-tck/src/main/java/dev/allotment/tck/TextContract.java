// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.OperationKind;
import dev.allotment.Parameter;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Texts are returned exactly as they were stored, or are refused. */
public abstract class TextContract extends Contract {
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            " blanks around ",
            "tab\tand\nnew line\r\nand\rreturn",
            "it's \"quoted\" ``and'' 'so'",
            "back\\slashes \\\\ \\n \\0 \\u0041",
            "x'; drop table users; --",
            "?, :name, $1, %s, {0}, ${env}, {fn now()}",
            "<b>&amp;</b> ]]>",
            "null",
            "NULL",
            "Grüße, Ελληνικά, русский, 日本語, العربية",
            "composed é, decomposed e\u0301",
            "🚀 👩‍👩‍👧 🇩🇪 \uD835\uDD0A",
            "\u0001\u0002\u001F\u007F\u0080\u009F",
            "\u00A0\u200B\u200F\u2028\uFEFF",
            "\uFFFD\uFFFE\uFFFF\uD800\uDC00\uDBFF\uDFFF",
            "x".repeat(256),
            "🚀".repeat(256));

    /** For subclasses. */
    protected TextContract() {}

    @Override
    final boolean sharesStorage() {
        return true;
    }

    @TestFactory
    Stream<DynamicTest> everyUnicodeTextIsStoredExactly() {
        return everywhere(place -> {
            for (String text : TEXTS) {
                Parameter stored = insert(place, RecordTypes.PARAMETERS, new Parameter(0, text, text, false));
                Parameter found = inside(
                        place,
                        tx -> tx.records(RecordTypes.PARAMETERS)
                                .find(stored.id())
                                .orElseThrow());
                assertThat(found.value()).isEqualTo(text);
                assertThat(found.key()).isEqualTo(text);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aTextCanBeLong() {
        return everywhere(place -> {
            String text = "0123456789\uD83D\uDE80 é\\'".repeat(100_000 / 16) + "end";
            Parameter stored = insert(place, RecordTypes.PARAMETERS, new Parameter(0, "long", text, false));
            Parameter found = inside(
                    place,
                    tx -> tx.records(RecordTypes.PARAMETERS).find(stored.id()).orElseThrow());
            assertThat(found.value()).isEqualTo(text);
        });
    }

    /**
     * The input is as long as the core allows for a configuration, in the characters that need the most space in JSON.
     */
    @Test
    void theInputOfAnOperationCanBeVeryLong() {
        Map<String, String> input = Map.of("request", "\u0001".repeat(170_000), "install", "sale");
        StoredOperation stored = insert(
                catalogPlace(),
                RecordTypes.OPERATIONS,
                StoredOperation.builder(
                                new UUID(3, 3), OperationKind.CONFIGURE_TENANT, "node", Instant.EPOCH, Instant.EPOCH)
                        .input(input)
                        .build());
        assertThat(inside(
                                catalogPlace(),
                                tx -> tx.records(RecordTypes.OPERATIONS)
                                        .find(stored.id().value())
                                        .orElseThrow())
                        .input())
                .isEqualTo(input);
    }

    @TestFactory
    Stream<DynamicTest> aTextThatIsNotUnicodeIsRefused() {
        return everywhere(place -> {
            Parameter kept = insert(place, RecordTypes.PARAMETERS, new Parameter(0, "kept", "kept", false));
            for (String text : List.of("\0", "a\0b", "\uD83D", "a\uDE80b", "\uDE80\uD83D")) {
                assertRefused(
                        ErrorCodes.RECORD_INVALID,
                        () -> insert(place, RecordTypes.PARAMETERS, new Parameter(0, "refused", text, false)));
                assertRefused(
                        ErrorCodes.RECORD_INVALID,
                        () -> insert(place, RecordTypes.PARAMETERS, new Parameter(0, text, "refused", false)));
                assertRefused(
                        ErrorCodes.RECORD_INVALID,
                        () -> inside(place, tx -> {
                            tx.records(RecordTypes.PARAMETERS).update(kept.withValue(text));
                            return 1;
                        }));
            }
            assertThat(all(place, RecordTypes.PARAMETERS)).containsExactly(kept);
        });
    }

    @Test
    void listsOfTextsAreStoredExactly() {
        Template stored = insert(
                catalogPlace(),
                RecordTypes.TEMPLATES,
                new Template(
                        new TemplateId(0),
                        "template",
                        new UUID(1, 1),
                        new ServerId(1),
                        TemplateState.READY,
                        TEXTS,
                        "en_US",
                        "UTC",
                        false,
                        Instant.EPOCH,
                        new UUID(1, 2),
                        1,
                        "",
                        TEXTS,
                        null));
        assertThat(all(catalogPlace(), RecordTypes.TEMPLATES)).containsExactly(stored);
        assertThat(stored.addons()).isEqualTo(TEXTS);
    }
}
