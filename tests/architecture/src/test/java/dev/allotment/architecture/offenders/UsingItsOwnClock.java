// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Time, randomness and waiting that cannot be controlled from outside. */
public final class UsingItsOwnClock {

    public static final class Sleep {
        public void run() throws InterruptedException {
            Thread.sleep(1);
        }
    }

    public static final class UnitSleep {
        public void run() throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    public static final class Millis {
        public long run() {
            return System.currentTimeMillis();
        }
    }

    public static final class Now {
        public Instant run() {
            return Instant.now();
        }
    }

    public static final class NowByReference {
        public Supplier<Instant> run() {
            return Instant::now;
        }
    }

    public static final class NowInAZone {
        public LocalDate run() {
            return LocalDate.now(ZoneOffset.UTC);
        }
    }

    public static final class SystemClock {
        public Clock run() {
            return Clock.systemUTC();
        }
    }

    public static final class OwnRandom {
        public Random run() {
            return new Random();
        }
    }

    public static final class OwnSecureRandom {
        public Random run() {
            return new SecureRandom();
        }
    }

    public static final class OwnUuid {
        public UUID run() {
            return UUID.randomUUID();
        }
    }

    /** Not an offender: the clock comes from outside. */
    public static final class GivenAClock {
        public LocalDate run(Clock clock) {
            return clock.instant().isAfter(Instant.EPOCH) ? LocalDate.now(clock) : LocalDate.EPOCH;
        }
    }

    private UsingItsOwnClock() {}
}
