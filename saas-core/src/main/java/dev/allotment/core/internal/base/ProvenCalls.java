// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.NeedsProof;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Checks in a session, before a use case with {@link NeedsProof}, that its user has proven who it is. */
public final class ProvenCalls {
    private ProvenCalls() {}

    /**
     * Returns the same use cases behind the check.
     *
     * @param api the interface that callers see
     * @param check throws unless there is a proof
     */
    public static <T> T guarded(Class<T> api, T useCases, Runnable check) {
        return api.cast(Proxy.newProxyInstance(
                ProvenCalls.class.getClassLoader(), new Class<?>[] {api}, (proxy, method, arguments) -> {
                    if (method.isAnnotationPresent(NeedsProof.class)) {
                        check.run();
                    }
                    try {
                        return method.invoke(useCases, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
