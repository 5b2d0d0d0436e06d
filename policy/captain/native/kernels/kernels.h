#pragma once

#include <cstddef>
#include <cstdint>

// What the network is computed with, once for each level of instructions.
//
// One level is compiled with instructions that the machine may lack. So the sources of the levels
// share nothing with the rest of the program but this header, which has no functions.
namespace skein::policy::captain::native {

// Matrices are cut into panels of this many columns; rows of a buffer are whole panels.
inline constexpr std::size_t kPanel = 16;

// Steps of a series, as kSeriesSteps.
inline constexpr std::size_t kSteps = 8;

// No row that is normalised is wider.
inline constexpr std::size_t kMostNormWidth = 512;

// Row r begins at data + r·stride.
struct ConstRows {
  const float* data;
  std::size_t stride;
};
struct Rows {
  float* data;
  std::size_t stride;
};

// A matrix B [depth, panels·kPanel]; B_kn is data[n / kPanel · panel_stride + k·row_stride + n %
// kPanel]. Both weights, packed panel by panel, and the rows of a buffer are of this form.
struct Panels {
  const float* data;
  std::size_t depth;
  std::size_t panels;
  std::size_t row_stride;
  std::size_t panel_stride;
};

// Gain and offset of a LayerNorm, padded with zeros to whole panels.
struct Norm {
  const float* gain;
  const float* offset;
  std::size_t width;
};

// Every sum is taken in an order that depends on the shape of the operands alone, so that one level
// gives the same bits for a row whatever its company. Levels differ from each other by rounding.
// Not-a-number stays so through all of them.
struct Kernels {
  const char* name;

  // c += a·b. Shapes: a [rows, depth], c [rows, panels·kPanel]
  void (*multiply_add)(ConstRows a, std::size_t rows, const Panels& b, Rows c);

  // x = LN(x), x = LN(x + y), x = LN(x + relu(y)). Padding of y is zero.
  void (*normalise)(Rows x, std::size_t rows, const Norm& norm);
  void (*add_normalise)(Rows x, ConstRows y, std::size_t rows, const Norm& norm);
  void (*add_relu_normalise)(Rows x, ConstRows y, std::size_t rows, const Norm& norm);

  // In place. Requires: count is a multiple of kPanel.
  void (*relu)(float* x, std::size_t count);
  // x = clip·tanh(x); absolute error below clip·3e-7.
  void (*squash)(float* x, std::size_t count, float clip);

  // out = (F ‖ F² ‖ … ), F = clamp(x, ±bound). Shapes: x [rows, width], out [rows, powers·width]
  // Requires: width is a multiple of kPanel.
  void (*clamped_powers)(ConstRows x, std::size_t rows, std::size_t width, std::size_t powers,
                         float bound, Rows out);

  // out_v = share_v · Σ x_r over the rows r with at[r] = v. Shapes: x [rows, width],
  // out [places, width]. Requires: width is a multiple of kPanel.
  void (*sum_by_place)(ConstRows x, std::size_t rows, const std::int32_t* at, const float* share,
                       std::size_t places, std::size_t width, Rows out);

  // out = x − y. Requires: width is a multiple of kPanel.
  void (*subtract)(ConstRows x, ConstRows y, std::size_t rows, std::size_t width, Rows out);

  // out_r = x_r · y. Requires: width is a multiple of kPanel.
  void (*dots)(ConstRows x, std::size_t rows, std::size_t width, const float* y, float* out);

  // Softmax in place. Requires: x has room for whole panels; what follows count becomes 0.
  void (*softmax)(float* x, std::size_t count);

  // Self-attention within each block of kSteps rows. A row of qkv holds the queries, scaled,
  // of all heads, then their keys, then their values; a head takes head_stride columns.
  // Shapes: qkv [blocks·T, 3·heads·head_stride], out [blocks·T, heads·head_stride]
  // Requires: head_stride is a multiple of kPanel / 2; its padding is zero.
  void (*attend)(ConstRows qkv, std::size_t blocks, std::size_t heads, std::size_t head_stride,
                 Rows out);
};

extern const Kernels kBaselineKernels;
#ifdef SKEIN_NATIVE_V3
extern const Kernels kV3Kernels;
#endif

}  // namespace skein::policy::captain::native
