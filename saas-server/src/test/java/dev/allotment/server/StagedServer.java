// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.NewMember;
import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Databases;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The server as it is, but that its standard input says what time it is, and whether databases can be made now. For the
 * tests with a browser, which run it as a process; each line that it reads is answered by one that says {@code ok}.
 */
public final class StagedServer {
    private static final int DAYS = 30;
    private static final long MEGABYTE = 1024L * 1024;

    private final Stage stage;
    private final RunningServer server;

    private StagedServer(Stage stage, RunningServer server) {
        this.stage = stage;
        this.server = server;
    }

    /**
     * Starts it.
     *
     * @param arguments as for {@code saas}, behind {@code past} where it is to begin 30 days ago
     */
    public static void main(String[] arguments) throws Exception {
        boolean past = arguments[0].equals("past");
        String[] line = past ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments;
        Stage stage = new Stage(past ? Duration.ofDays(-DAYS) : Duration.ZERO);
        RunningServer server =
                SaasServer.start(Map.of(), CommandLineArguments.parse("test", line), stage::around, stage.clock());
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        System.out.println("It listens on http://127.0.0.1:" + server.port() + " now.");
        new StagedServer(stage, server).obey();
    }

    private void obey() throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = input.readLine();
        while (line != null) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "advance" -> stage.advance(Duration.parse(words[1]));
                case "hold" -> stage.hold(true);
                case "release" -> stage.hold(false);
                case "fail" -> stage.fail();
                case "past" -> livePast();
                default -> throw new IllegalArgumentException(line);
            }
            System.out.println("ok");
            line = input.readLine();
        }
    }

    /** Creates what 30 days leave behind, without random numbers: screenshots are the same each time. */
    private void livePast() {
        Saas saas = server.saas();
        PlanId demo = new PlanId(1);
        saas.plans().update(demo, plan -> limited(plan, 5, 500));
        Iterator<String> people = List.of(
                        "Ada Archer",
                        "Ben Brook",
                        "Carla Cole",
                        "Dora Dale",
                        "Emil Egger",
                        "Finn Falk",
                        "Grace Garner",
                        "Hugo Hale",
                        "Ida Ibsen",
                        "Jonas Jung",
                        "Kira Kern",
                        "Lea Lind",
                        "Mia Moor",
                        "Nils North",
                        "Olga Oak",
                        "Paul Pond",
                        "Rosa Reed",
                        "Sam Stone",
                        "Tom Thorn",
                        "Vera Vale",
                        "Wim Wood")
                .iterator();
        for (int day = 0; day < DAYS; day++) {
            for (int i = (day * 7 + 5) % 11 % 3; i > 0 && people.hasNext(); i--) {
                join(saas, demo, people.next(), day);
            }
            grow(saas, day);
            stage.advance(Duration.ofDays(1));
        }
        grow(saas, DAYS);
    }

    private static void join(Saas saas, PlanId plan, String name, int day) {
        String label = name.substring(name.indexOf(' ') + 1).toLowerCase(Locale.ROOT);
        User owner = saas.accounts()
                .signUp(SignUp.builder(label + "@example.com", name, "correct horse")
                        .build());
        List<String> databases =
                day % 5 == 4 ? List.of() : day % 3 == 0 ? List.of(label, label + "-test") : List.of(label);
        for (String each : databases) {
            saas.tenants()
                    .create(CreateTenant.onPlan(plan)
                            .owner(owner)
                            .name(each + ".localhost")
                            .build());
        }
    }

    private static Plan limited(Plan plan, int users, int megabytes) {
        return plan.toBuilder().maxUsers(users).storageLimitMb(megabytes).build();
    }

    private static void grow(Saas saas, int day) {
        List<Tenant> open = saas.tenants().list(Query.where(Filter.equal(Tenant.STATE, TenantState.OPEN)));
        for (Tenant tenant : open) {
            long id = tenant.id().value();
            if ((day + id) % 9 == 0 && tenant.usersCount() < 4) {
                saas.database(tenant.name())
                        .members()
                        .create(NewMember.builder("user" + day + "@example.com", "User " + day)
                                .password("some words")
                                .build());
            }
            saas.tenants().reportFileStorage(tenant.id(), tenant.fileSizeBytes() + (day * id * 7 % 13) * MEGABYTE / 2);
            saas.tenants().sync(tenant.id());
        }
    }

    /** What is changed about the server. Thread-safe. */
    private static final class Stage {
        private static final Set<String> MAKING = Set.of("create", "copy");

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition released = lock.newCondition();
        private Duration ahead;
        private boolean held;
        private boolean failing;

        Stage(Duration ahead) {
            this.ahead = ahead;
        }

        void advance(Duration duration) {
            lock.lock();
            try {
                ahead = ahead.plus(duration);
            } finally {
                lock.unlock();
            }
        }

        void hold(boolean value) {
            lock.lock();
            try {
                held = value;
                released.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** The next database that is to be made is not. */
        void fail() {
            lock.lock();
            try {
                failing = true;
            } finally {
                lock.unlock();
            }
        }

        private void pass() {
            lock.lock();
            try {
                while (held) {
                    released.awaitUninterruptibly();
                }
                if (failing) {
                    failing = false;
                    throw SaasException.internal(ErrorCodes.BACKEND_FAILED, "The test wants it so.", null);
                }
            } finally {
                lock.unlock();
            }
        }

        Clock clock() {
            return new Clock() {
                @Override
                public Instant instant() {
                    lock.lock();
                    try {
                        return Instant.now().plus(ahead);
                    } finally {
                        lock.unlock();
                    }
                }

                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    throw new UnsupportedOperationException();
                }
            };
        }

        Backend around(Backend backend) {
            return (Backend) between(Backend.class, backend);
        }

        /** Wraps a port, and what it returns of the same package: the databases of a server, and their abilities. */
        private Object between(Class<?> port, Object inner) {
            return Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (self, method, given) -> {
                if (port != Backend.class && MAKING.contains(method.getName())) {
                    pass();
                }
                try {
                    Object answer = method.invoke(inner, given);
                    Class<?> type = method.getReturnType();
                    boolean databases = type == Databases.class || (port == Databases.class && type.isInterface());
                    return answer != null && databases && type.getPackage() == Databases.class.getPackage()
                            ? between(type, answer)
                            : answer;
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
        }
    }
}
