//go:build !unix

package eventlog

import "os"

// lockFile opens the file; these systems do not let it be locked portably.
func lockFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
}
