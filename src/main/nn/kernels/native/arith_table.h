// The table of the functions that the headers before this one defined in the current namespace.

static const Table table = {
    TABLE_NAME,       act_forward,       act_backward,       norm_forward,      norm_backward,
    embed_forward,    embed_backward,    attention_forward,  attention_backward,
    attention_scratch, update,           column_sum,         square_sum,        add_rows,
    dropout,          cast,              product_shape,     product_pack,      product_panel,
};
