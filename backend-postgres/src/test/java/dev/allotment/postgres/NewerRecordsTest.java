// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A newer version has stored constants and columns that this version does not know. */
final class NewerRecordsTest {
    private static final Query<User> IN_ORDER = Query.where(Filter.<User>all()).orderBy(User.LOGIN);

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();

    @BeforeEach
    void storeUsers() {
        backend.catalog().migrate();
        for (String login : List.of("a", "b", "c", "d")) {
            users(users -> users.insert(User.builder(login, login).build()));
        }
        server.execute(fixture.catalog(), "UPDATE allotment.users SET role = 'AUDITOR' WHERE login IN ('a', 'c')");
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    @Test
    void listsLeaveThemOutAndStillFillTheirPages() {
        assertThat(logins(IN_ORDER.page(0, 1))).containsExactly("b");
        assertThat(logins(IN_ORDER.page(1, 1))).containsExactly("d");
        assertThat(logins(IN_ORDER)).containsExactly("b", "d");
        assertThat(logins(Query.where(Filter.equal(User.LOGIN, "c")))).isEmpty();
    }

    @Test
    void theFirstFreeRecordIsOneThatThisVersionKnows() {
        Optional<User> first = users(users -> users.lockFree(IN_ORDER));

        assertThat(first).get().extracting(User::login).isEqualTo("b");
    }

    @Test
    void countsIncludeThem() {
        assertThat(this.<Long>users(users -> users.count(Filter.all()))).isEqualTo(4);
    }

    @Test
    void readingOneNamesWhatIsNotKnown() {
        for (Function<Records<User>, ?> read :
                List.<Function<Records<User>, ?>>of(users -> users.find(1), users -> users.lock(1))) {
            assertNewer(() -> users(read));
        }
    }

    @Test
    void anUpdateKeepsTheColumnsThatThisVersionDoesNotKnow() {
        server.execute(
                fixture.catalog(),
                "ALTER TABLE allotment.users ADD COLUMN theme text DEFAULT 'light' NOT NULL",
                "UPDATE allotment.users SET theme = 'dark'");

        users(users -> {
            User user = users.lock(2).orElseThrow();
            users.update(user.toBuilder().name("renamed").build());
            return null;
        });
        users(users -> users.insert(User.builder("e", "e").build()));

        assertThat(server.values(
                        fixture.catalog(), "SELECT name || ' ' || theme FROM allotment.users WHERE id IN (2, 5)"))
                .containsExactlyInAnyOrder("renamed dark", "e light");
    }

    private static void assertNewer(ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining("this version does not know the value AUDITOR of field role")
                .isInstanceOfSatisfying(SaasException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCodes.RECORD_NEWER);
                    assertThat(e.retryable()).isTrue();
                });
    }

    private List<String> logins(Query<User> query) {
        return users(users -> users.list(query)).stream().map(User::login).toList();
    }

    private <T extends @Nullable Object> T users(Function<Records<User>, T> work) {
        return backend.catalog().transact(tx -> work.apply(tx.records(RecordTypes.USERS)));
    }
}
