// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Provider;
import java.security.Security;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.SecretKeyFactorySpi;
import javax.crypto.spec.PBEKeySpec;

/** Counts the PBKDF2 iterations that a thread runs. It is a security provider with precedence over those of the JDK. */
public final class CountedPasswords implements AutoCloseable {
    private static final String ALGORITHM = "PBKDF2WithHmacSHA512";
    private static final String NAME = "counting";
    private static final ThreadLocal<Long> ITERATIONS = ThreadLocal.withInitial(() -> 0L);

    private static final AtomicReference<CountDownLatch> HELD = new AtomicReference<>(new CountDownLatch(0));

    private CountedPasswords() {}

    /** Starts to count, until the result is closed. */
    public static CountedPasswords begin() {
        Security.insertProviderAt(new Counting(), 1);
        return new CountedPasswords();
    }

    /** Returns how many iterations this thread runs during an action. */
    public long iterations(Runnable action) {
        long before = ITERATIONS.get();
        action.run();
        return ITERATIONS.get() - before;
    }

    /** Makes all threads wait before they run more iterations, until this latch is counted down. */
    public CountDownLatch hold() {
        CountDownLatch latch = new CountDownLatch(1);
        HELD.set(latch);
        return latch;
    }

    @Override
    public void close() {
        HELD.set(new CountDownLatch(0));
        Security.removeProvider(NAME);
    }

    private static final class Counting extends Provider {
        private static final long serialVersionUID = 1L;

        Counting() {
            super(NAME, "1", "counts PBKDF2 iterations");
            putService(new Provider.Service(this, "SecretKeyFactory", ALGORITHM, Factory.class.getName(), null, null) {
                @Override
                public Object newInstance(Object parameter) {
                    return new Factory();
                }
            });
        }
    }

    private static final class Factory extends SecretKeyFactorySpi {
        @Override
        protected SecretKey engineGenerateSecret(KeySpec spec) throws InvalidKeySpecException {
            try {
                HELD.get().await();
            } catch (InterruptedException e) {
                throw new InvalidKeySpecException(e);
            }
            ITERATIONS.set(ITERATIONS.get() + ((PBEKeySpec) spec).getIterationCount());
            return real().generateSecret(spec);
        }

        @Override
        protected KeySpec engineGetKeySpec(SecretKey key, Class<?> type) throws InvalidKeySpecException {
            return real().getKeySpec(key, type);
        }

        @Override
        protected SecretKey engineTranslateKey(SecretKey key) throws InvalidKeyException {
            return real().translateKey(key);
        }

        private static SecretKeyFactory real() {
            try {
                return SecretKeyFactory.getInstance(ALGORITHM, "SunJCE");
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("This JDK has no " + ALGORITHM, e);
            }
        }
    }
}
