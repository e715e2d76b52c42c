// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupContent;
import dev.allotment.backup.BackupId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ManifestTest {
    private static final UUID TENANT = new UUID(1, 1);
    private static final Instant TIME = Instant.parse("2026-03-01T12:00:00Z");
    private static final DataKey KEY = new DataKey(new byte[DataKey.BYTES]);

    private static Map<String, String> parts(MadeBy madeBy) {
        return new Manifest(
                        new Backup(
                                new BackupId(new UUID(1, 2)),
                                TENANT,
                                "shop",
                                null,
                                TIME,
                                new BackupContent(1, 2, "", null, List.of("extension amcheck", "setting x")),
                                "memory",
                                1,
                                null,
                                Map.of(),
                                madeBy.stored()),
                        BackupName.of(TENANT, TIME, new UUID(1, 2)).content(1),
                        "every 1h")
                .parts();
    }

    @Test
    void saysThatItDoesNotKnowAMaker() {
        Map<String, String> parts = parts(MadeBy.SCHEDULE);
        assertThat(Manifest.of(parts).madeBy()).isEqualTo(MadeBy.SCHEDULE);
        parts.put("madeBy", "customer");
        assertThat(Manifest.of(parts).madeBy()).isEqualTo(MadeBy.UNKNOWN);
        assertThat(Manifest.of(parts).parts()).as("what a newer version wrote").isEqualTo(parts);
        assertThat(Manifest.of(parts(MadeBy.ADMINISTRATOR)).madeBy()).isEqualTo(MadeBy.ADMINISTRATOR);
    }

    @Test
    void hasACodeForItsSchedule() {
        BackupName name = BackupName.of(TENANT, TIME, new UUID(1, 2));
        Manifest manifest = Manifest.of(parts(MadeBy.SCHEDULE));
        String text = new String(manifest.bytes(KEY, name), StandardCharsets.UTF_8);
        assertThat(Manifest.read(text, KEY, name)).isEqualTo(manifest);
        assertThat(manifest.backup().content().doubts()).containsExactly("extension amcheck", "setting x");
        String changed = text.replace("every 1h", "every 2h");
        assertThatThrownBy(() -> Manifest.read(changed, KEY, name)).hasMessageContaining("was changed");
    }
}
