// Package toolchain pins the Pulumi CLI: go.mod and go.sum say exactly what is built.
package toolchain

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
