// Run by set-up in a process of its own, with the path of a compiled binding: a crash here is an
// exit code there. Multiplies two matrices and prints TensorFlow's word for its version.
const binding = require(process.argv[2])

const matrix = (values) => binding.createTensor([2, 2], binding.TF_FLOAT, new Float32Array(values))
const attributes = [
  { name: 'transpose_a', type: binding.TF_ATTR_BOOL, value: false },
  { name: 'transpose_b', type: binding.TF_ATTR_BOOL, value: false },
  { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
]
const inputs = [matrix([1, 2, 3, 4]), matrix([5, 6, 7, 8])]
const [product] = binding.executeOp('MatMul', attributes, inputs, 1)
const values = [...binding.tensorDataSync(product.id)].join()
if (values !== '19,22,43,50') {
  throw new Error(`TensorFlow multiplied wrongly: ${values} instead of 19,22,43,50.`)
}
console.log(binding.TF_Version)
