// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.PlanId;
import dev.allotment.core.internal.base.RequestFingerprint;
import dev.allotment.core.internal.base.Secrets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RequestFingerprintTest {
    /** A command of one release. */
    public record Before(String name, boolean trial) {}

    /** The same command of the next release, which has more parts. */
    public record After(
            String name,
            boolean trial,
            @Nullable Integer hours,
            @Nullable String color,
            boolean quiet,
            int size,
            List<String> tags,
            Map<String, String> settings) {}

    private static final After SAME = new After("shop", true, null, null, false, 0, List.of(), Map.of());

    @Test
    void ignoresNewPartsThatARequestDoesNotUse() {
        assertThat(RequestFingerprint.of("create", SAME))
                .isEqualTo(RequestFingerprint.of("create", new Before("shop", true)));
    }

    @Test
    void countsEveryPartThatHasAValue() {
        List<After> others = List.of(
                new After("store", true, null, null, false, 0, List.of(), Map.of()),
                new After("shop", false, null, null, false, 0, List.of(), Map.of()),
                new After("shop", true, 0, null, false, 0, List.of(), Map.of()),
                new After("shop", true, null, "", false, 0, List.of(), Map.of()),
                new After("shop", true, null, null, true, 0, List.of(), Map.of()),
                new After("shop", true, null, null, false, -1, List.of(), Map.of()),
                new After("shop", true, null, null, false, 0, List.of("a, b"), Map.of()),
                new After("shop", true, null, null, false, 0, List.of("a", "b"), Map.of()),
                new After("shop", true, null, null, false, 0, List.of(), Map.of("a", "b")),
                new After("shop, color=red", true, null, null, false, 0, List.of(), Map.of()),
                new After("shop", true, null, "red", false, 0, List.of(), Map.of()),
                SAME);

        assertThat(others)
                .extracting(each -> RequestFingerprint.of("create", each))
                .doesNotHaveDuplicates();
        assertThat(RequestFingerprint.of("copy", SAME)).isNotEqualTo(RequestFingerprint.of("create", SAME));
    }

    @Test
    void ignoresTheIdempotencyKeyItself() {
        CreateTenant command = CreateTenant.onPlan(new PlanId(7)).name("shop").build();

        assertThat(RequestFingerprint.of(
                        "create", command.toBuilder().idempotencyKey("once").build()))
                .isEqualTo(RequestFingerprint.of("create", command));
    }

    /** Stored fingerprints must match after an upgrade, so this text never changes. */
    @Test
    void hashesTheSameTextInEveryRelease() {
        CreateTenant command = CreateTenant.onPlan(new PlanId(7))
                .name("shop")
                .administrator(new CreateTenant.Administrator("boss", "secret"))
                .build();

        assertThat(RequestFingerprint.of("create", command))
                .isEqualTo(Secrets.hash("create {\"administrator\":\"Administrator[login=boss]\",\"name\":\"shop\","
                        + "\"notifyOwner\":\"true\",\"plan\":\"7\"}"));
    }
}
