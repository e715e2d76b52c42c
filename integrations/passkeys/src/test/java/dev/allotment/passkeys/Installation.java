// SPDX-License-Identifier: Apache-2.0
package dev.allotment.passkeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Passkeys.Passkey;
import dev.allotment.access.SignIns.Browser;
import dev.allotment.spi.backend.Backend;
import dev.allotment.test.AuthenticatorApp;
import dev.allotment.test.PasskeyDevice;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;

/** A control plane in memory at an address with TLS, with an account. */
final class Installation implements AutoCloseable {
    static final String ORIGIN = "https://portal.example.com";
    static final String LOGIN = "client@example.com";
    static final String PASSWORD = "Client Password";
    static final Browser BROWSER = new Browser("192.0.2.7", "Firefox/140.0", "own", null);

    final MemoryBackend storage = MemoryBackend.withServers();
    final SettableClock clock = SettableClock.at(Instant.parse("2026-03-01T12:00:00Z"));
    final Saas saas = open(storage);
    final User user = signUp(LOGIN);

    Saas open(Backend backend) {
        return Saas.builder()
                .backend(backend)
                .baseUrl(ORIGIN)
                .administrator("admin", "admin")
                .passwordIterations(1)
                .secretKeys(() -> List.of("a secret key for tests"))
                .clock(clock)
                .open();
    }

    User signUp(String login) {
        saas.parameters().set(Parameter.ALLOW_UNINVITED, "True");
        return saas.accounts().signUp(SignUp.builder(login, "Client", PASSWORD).build(), null);
    }

    /** Adds a passkey to an account. */
    PasskeyDevice device(User owner) {
        PasskeyDevice device = PasskeyDevice.at(ORIGIN);
        add(owner, device);
        return device;
    }

    Passkey add(User owner, PasskeyDevice device) {
        return saas.passkeys()
                .add(owner.id(), "Laptop", device.make(saas.passkeys().start(owner.id())));
    }

    /** Sets up a second factor. */
    AuthenticatorApp app(UserId owner) {
        AuthenticatorApp app =
                new AuthenticatorApp(saas.secondFactors().start(owner).uri().toString(), clock::instant);
        saas.secondFactors().confirm(owner, app.code());
        clock.advance(Duration.ofSeconds(30));
        return app;
    }

    List<EventType> events(UserId about) {
        return saas
                .events()
                .list(Query.where(Filter.<Event, UserId>equal(Event.USER_ID, about))
                        .orderBy(Event.ID))
                .stream()
                .map(Event::type)
                .toList();
    }

    /** The code of the refusal of a call. */
    static AbstractStringAssert<?> assertRefusal(Runnable call) {
        SaasException refusal = catchThrowableOfType(SaasException.class, call::run);
        assertThat(refusal).isNotNull();
        return assertThat(refusal.code());
    }

    @Override
    public void close() {
        saas.close();
    }
}
