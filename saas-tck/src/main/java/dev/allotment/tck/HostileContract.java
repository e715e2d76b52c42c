// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.spi.backend.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What the contracts about hostile tenants have in common: groups of attacks that an application makes with its own
 * login, through JDBC. A backend that declares {@link Capability#LOGINS} must withstand all of them. The attacks of a
 * group share the two databases of a {@link HostileTenant}.
 */
public abstract class HostileContract extends Contract {
    HostileContract() {}

    /**
     * An attack.
     *
     * @param name what it is after, for the name of its test
     * @param check makes the attack; what has to be true afterwards in any case is checked by the group
     */
    record Attack(String name, Check check) {}

    /** Makes an attack. */
    interface Check {
        void on(HostileTenant tenant) throws Exception;
    }

    /** Returns an attack that consists of statements in one session. */
    static Attack sql(String name, String... statements) {
        return new Attack(name, tenant -> tenant.attempt(statements));
    }

    /** Returns an attack in Java. */
    static Attack attack(String name, Check check) {
        return new Attack(name, check);
    }

    /** Returns a test for each attack. None of them may have an effect. */
    final Stream<DynamicTest> withstand(boolean limited, Attack... attacks) {
        if (!declares(Capability.LOGINS)) {
            return with(Capability.LOGINS);
        }
        HostileTenant tenant = new HostileTenant(backend(), limited);
        if (!tenant.login().url().startsWith("jdbc:")) {
            tenant.close();
            return Stream.of(absent("LOGINS with JDBC"));
        }
        List<DynamicTest> tests = new ArrayList<>();
        for (Attack attack : List.of(attacks)) {
            tests.add(dynamicTest(attack.name(), () -> {
                attack.check().on(tenant);
                tenant.assertNoEffect(attack.name());
            }));
        }
        return tests.stream().onClose(tenant::close);
    }
}
