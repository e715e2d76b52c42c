// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.backup.BackupId;
import dev.allotment.spi.backend.StoredOperation;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class InputCodecTest {
    enum Manner {
        LIVE,
        CLOSED
    }

    record Full(
            String name,
            int parts,
            long size,
            boolean files,
            UUID source,
            Instant until,
            Manner manner,
            ServerId server,
            @Nullable BackupId backup,
            @Nullable Boolean suspended,
            @Nullable String reason,
            List<String> drop,
            @Nullable List<String> only,
            @InputCodec.Secret @Nullable String password) {}

    record Unknown(StringBuilder text) {}

    private static final InputCodec<Full> CODEC = InputCodec.of(Full.class);
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.000006Z");
    private static final UUID ID = new UUID(1, 2);

    private static Full full() {
        return new Full(
                "shop",
                3,
                1L << 40,
                true,
                ID,
                NOW,
                Manner.LIVE,
                new ServerId(7),
                new BackupId(ID),
                false,
                "it is small",
                List.of("a,b", "\"c\"\n"),
                List.of(),
                "root");
    }

    private static Full least() {
        return new Full(
                "", 0, 0, false, ID, NOW, Manner.CLOSED, new ServerId(1), null, null, null, List.of(), null, null);
    }

    private static StoredOperation stored(Map<String, String> input) {
        return StoredOperation.builder(ID, OperationKind.MOVE_TENANT, "node", NOW, NOW)
                .id(new OperationId(12))
                .input(input)
                .build();
    }

    private static Map<String, String> without(String name) {
        Map<String, String> input = new HashMap<>(CODEC.write(full()));
        input.remove(name);
        return input;
    }

    @Test
    void readsWhatItHasWritten() {
        assertThat(CODEC.read(stored(CODEC.write(full())))).isEqualTo(full());
        assertThat(CODEC.read(stored(CODEC.write(least())))).isEqualTo(least());
    }

    @Test
    void storesPlainTextUnderTheNamesOfTheComponents() {
        assertThat(CODEC.write(full()))
                .containsEntry("name", "shop")
                .containsEntry("files", "true")
                .containsEntry("source", ID.toString())
                .containsEntry("until", "2026-01-02T03:04:05.000006Z")
                .containsEntry("manner", "LIVE")
                .containsEntry("server", "7")
                .containsEntry("backup", ID.toString())
                .containsEntry("suspended", "false")
                .containsEntry("drop", "[\"a,b\",\"\\\"c\\\"\\n\"]");
    }

    @Test
    void storesNothingForWhatIsAbsentFalseOrEmpty() {
        assertThat(CODEC.write(least()))
                .containsOnlyKeys("name", "parts", "size", "source", "until", "manner", "server");
    }

    @Test
    void distinguishesAnEmptyListFromOneThatIsMissing() {
        assertThat(CODEC.write(full())).containsEntry("only", "[]");
        assertThat(CODEC.read(stored(CODEC.write(full()))).only()).isEmpty();
        assertThat(CODEC.read(stored(CODEC.write(least()))).only()).isNull();
    }

    @Test
    void addsToWhatIsThere() {
        StoredOperation.Builder draft = stored(Map.of("superseded", "[]", "name", "old")).toBuilder();

        assertThat(CODEC.add(draft, full()).build().input())
                .containsEntry("superseded", "[]")
                .containsAllEntriesOf(CODEC.write(full()));
    }

    @Test
    void findsNoInputThatWasRemoved() {
        assertThat(CODEC.find(stored(CODEC.write(full())))).contains(full());
        assertThat(CODEC.find(stored(without("server")))).isEmpty();
        assertThat(CODEC.find(stored(without("backup")))).isPresent();
    }

    @Test
    void ignoresWhatANewerVersionHasAdded() {
        Map<String, String> input = new HashMap<>(CODEC.write(full()));
        input.put("novelty", "yes");

        assertThat(CODEC.read(stored(input))).isEqualTo(full());
    }

    @Test
    void readsAFinishedOperationWithoutItsSecrets() {
        assertThat(CODEC.secrets()).containsExactly("password");
        assertThat(CODEC.read(stored(without("password"))).password()).isNull();
    }

    @Test
    void namesTheOperationAndTheInputThatIsMissing() {
        for (String required : List.of("name", "parts", "size", "source", "until", "manner", "server")) {
            assertThatThrownBy(() -> CODEC.read(stored(without(required))))
                    .hasMessageStartingWith("Operation 12 of kind MOVE_TENANT has no input " + required + ".")
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.RECORD_INVALID));
        }
    }

    @Test
    void namesTheOperationAndTheInputThatCannotBeReadButNotItsText() {
        for (String typed : List.of("parts", "size", "source", "until", "manner", "server", "backup", "drop")) {
            Map<String, String> input = without(typed);
            input.put(typed, "damaged");

            assertThatThrownBy(() -> CODEC.read(stored(input)))
                    .hasMessageStartingWith(
                            "Operation 12 of kind MOVE_TENANT has an input " + typed + " that cannot be read.")
                    .hasMessageNotContaining("damaged");
        }
    }

    @Test
    void refusesATypeThatItCannotStore() {
        assertThatThrownBy(() -> InputCodec.of(Unknown.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.StringBuilder");
    }
}
