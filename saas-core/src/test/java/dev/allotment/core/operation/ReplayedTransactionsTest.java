// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.ReplayingBackend;
import dev.allotment.core.Story;
import dev.allotment.core.Story.Request;
import dev.allotment.testing.MemoryBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ReplayedTransactionsTest {
    @ParameterizedTest(name = "{0}")
    @EnumSource(Story.class)
    void endsTheSameIfTransactionsAreReplayed(Story story) {
        try (Fixture fixture = Story.fixture()) {
            Request request = story.begin(fixture);
            Saas replaying =
                    fixture.builder(new ReplayingBackend(fixture.storage)).open();

            request.act().accept(replaying);
            Consistency.check(fixture.storage);
            request.repeat().accept(replaying);
            Consistency.check(fixture.storage);
        }
    }

    @Test
    void startsTheSameIfTransactionsAreReplayed() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.builder(new ReplayingBackend(MemoryBackend.create()))
                    .open();
            User user = saas.accounts()
                    .signUp(SignUp.builder("client@example.com", "Client", "secret")
                            .build());
            assertThat(user.id())
                    .as("the same number as without deadlocks")
                    .isEqualTo(fixture.signUp("client@example.com").id());
            assertThat(saas.accounts().authenticate("client@example.com", "secret", null))
                    .isPresent();
        }
    }
}
