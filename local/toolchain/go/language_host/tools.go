// Package toolchain pins the Python language host, which later versions of the module no longer hold.
package toolchain

import _ "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
