package main

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// hook is how crash tests stop the program at a named point of the pump's
// work: LATCHKEY_CRASH=point:n kills the process, without any farewell, when
// it comes to the point for the n-th time. Without the variable it does
// nothing.
func (e *env) hook() func(string) {
	point, count, ok := strings.Cut(e.get("LATCHKEY_CRASH"), ":")
	if !ok {
		return func(string) {}
	}
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil {
		return func(string) {}
	}
	var seen atomic.Int64
	return func(at string) {
		if at == point && seen.Add(1) == n {
			if self, err := os.FindProcess(os.Getpid()); err == nil {
				_ = self.Kill()
			}
			select {} // nothing more happens
		}
	}
}
